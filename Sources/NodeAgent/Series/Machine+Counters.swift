import Glibc
package import Series

extension Machine {
    /// What this machine has counted since it was started.
    package static func counters() -> MachineCounters {
        MachineCounters(
            stat: text("/proc/stat"), memory: text("/proc/meminfo"), network: text("/proc/net/dev"),
            disks: text("/proc/diskstats"))
    }

    /// More of such a file is not read: interfaces and disks beyond are left out.
    private static let most = 1 << 20

    private static func text(_ path: String) -> String {
        guard let file = fopen(path, "re") else { return "" }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var block = [UInt8](repeating: 0, count: 16_384)
        while bytes.count < most {
            let count = fread(&block, 1, block.count, file)
            if count == 0 { break }
            bytes += block[..<count]
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
