import Foundation

/// A process of this machine as the system tells of it, never as a file says.
struct SystemProcess: Sendable, Hashable {
    let id: Int32
    let parent: Int32
    /// Clock ticks from the start of the machine to that of the process: with the id it is one process for good.
    let startedTicks: Int

    /// `nil` when there is no process of that number, or one that has ended and was not waited for.
    init?(_ id: Int32) {
        guard id > 0, let text = try? String(contentsOfFile: "/proc/\(id)/stat", encoding: .utf8),
            // The name stands in brackets, and may hold brackets and blanks itself.
            let bracket = text.lastIndex(of: ")")
        else { return nil }
        let members = text[text.index(after: bracket)...].split(separator: " ")
        guard members.count > 19, !["Z", "X", "x"].contains(members[0]), let parent = Int32(members[1]),
            let ticks = Int(members[19])
        else { return nil }
        (self.id, self.parent, startedTicks) = (id, parent, ticks)
    }

    /// Every process there is.
    static var all: [SystemProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).compactMap(SystemProcess.init)
    }

    /// When it was started.
    var started: Date {
        let lines = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8))?.split(separator: "\n") ?? []
        let boot = lines.first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst("btime ".count)) } ?? 0
        return Date(timeIntervalSince1970: boot + Double(startedTicks) / Double(max(1, sysconf(Int32(_SC_CLK_TCK)))))
    }

    /// Its command line; empty when it may not be seen.
    var arguments: [String] {
        let bytes = FileManager.default.contents(atPath: "/proc/\(id)/cmdline") ?? Data()
        return bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether it belongs to the user this program runs as.
    var isOurs: Bool {
        var status = stat()
        return stat("/proc/\(id)", &status) == 0 && status.st_uid == geteuid()
    }

    /// The file name of its program, also when an update has replaced that meanwhile.
    var program: String {
        let path = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(id)/exe")) ?? ""
        return String(path.split(separator: "/").last?.split(separator: " ").first ?? "")
    }

    /// Whether it works in a directory, by whatever name that is called.
    func works(in directory: String) -> Bool {
        var (place, wanted) = (stat(), stat())
        guard stat("/proc/\(id)/cwd", &place) == 0, stat(directory, &wanted) == 0 else { return false }
        return place.st_dev == wanted.st_dev && place.st_ino == wanted.st_ino
    }
}
