import Glibc

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the system knows of this process, under the names every Prometheus client gives these numbers.
package enum ProcessMetrics {
    /// Read at each scrape.
    package static let families: [MetricFamily] = [
        .gauge("process_open_fds", "Open files and sockets.") { openFiles },
        .gauge("process_max_fds", "Files and sockets that may be open at once.") { fileLimit },
        .gauge("process_resident_memory_bytes", "Memory in use.") {
            statistic(at: 23).map { $0 * Double(getpagesize()) }
        },
        .gauge("process_virtual_memory_bytes", "Address space in use.") { statistic(at: 22) },
        .gauge("process_threads", "Threads.") { statistic(at: 19) },
        .gauge("process_start_time_seconds", "When the process began, in seconds since 1970.") { startTime },
        MetricFamily("process_cpu_seconds", .counter, help: "Processor time used.") {
            cpuTime.map { [MetricSample($0)] } ?? []
        },
    ]

    private static var openFiles: Double? {
        // One of them is the folder that is being listed.
        (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")).map { Double(max(0, $0.count - 1)) }
    }

    private static var fileLimit: Double? {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        return Double(limit.rlim_cur)
    }

    private static var cpuTime: Double? {
        var time = timespec()
        guard clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time) == 0 else { return nil }
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }

    private static let startTime: Double? = {
        guard let ticks = statistic(at: 21), let boot = bootTime else { return nil }
        return boot + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static var bootTime: Double? {
        let lines = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?.split(separator: "\n") ?? []
        return lines.first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }

    /// A field of `/proc/self/stat`, counted from 0; the second one may hold blanks, so counting begins behind it.
    private static func statistic(at index: Int) -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[end...].split(separator: " ").dropFirst()
        let position = fields.startIndex + index - 2
        return fields.indices.contains(position) ? Double(fields[position]) : nil
    }
}
