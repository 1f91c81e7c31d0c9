import Foundation
import Gateway

/// Room for the job store on its file system.
struct StoreRoom: Sendable {
    /// The store, or a folder on its file system.
    let path: String

    /// Less than this is as good as none: nothing can be taken.
    private static let least = 1 << 20

    /// Whether jobs can be kept, as far as room goes.
    var check: ReadinessChecks.Check {
        let isEnough = free.map { $0 >= Self.least } ?? true
        return ReadinessChecks.Check(
            name: "space", isReady: isEnough,
            detail: isEnough ? "room for the job store" : "out-of-space: the disk with \(path) is full, make room")
    }

    /// Bytes that can be written; `nil` where it cannot be told, as writing will.
    private var free: Int? {
        var system = statvfs()
        guard statvfs(path, &system) == 0 else { return nil }
        return Int(clamping: UInt64(system.f_bavail).multipliedReportingOverflow(by: UInt64(system.f_frsize)).0)
    }
}
