import Glibc
import JobEngine
import Values

/// The file system the store lies on, and what of it is for what.
package struct StoreSpace: HistoryRoom {
    /// What follows from the size of a file system; all in bytes.
    package struct Bounds: Sendable, Hashable {
        /// With less free than this, room is low: 256 MiB or 2 %, whatever is more, but a quarter at most.
        package let low: Int
        /// What is taken in advance for administrators and the audit log: 64 MiB, but a sixteenth at most.
        package let reserve: Int
        /// The part of that which is the audit log's alone: a quarter.
        package let auditReserve: Int
        /// What the history may take by default: a tenth, but 20 GB at most.
        package let history: Int

        /// Those of a file system of this size.
        package init(ofTotal total: Int) {
            low = max(total / 50, min(256 << 20, total / 4))
            reserve = min(64 << 20, total / 16)
            auditReserve = reserve / 4
            history = min(total / 10, 20_000_000_000)
        }
    }

    /// A folder on the file system.
    package let path: String

    /// Nothing is looked at yet.
    package init(_ path: String) {
        self.path = path
    }

    /// False also where it cannot be told, as writing will tell.
    package var isLow: Bool { measured.map { $0.free < $0.bounds.low } ?? false }

    /// Bytes that can be written, with the bounds that hold; `nil` where it cannot be told.
    package var measured: (free: Int, bounds: Bounds)? {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        let size = { (blocks: fsblkcnt_t) in
            Int(clamping: UInt64(blocks).multipliedReportingOverflow(by: UInt64(system.f_frsize)).0)
        }
        return (size(system.f_bavail), Bounds(ofTotal: size(system.f_blocks)))
    }
}
