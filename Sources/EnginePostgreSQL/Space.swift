import Foundation

/// Room for data: free space of file systems, and quotas.
enum Space {
    /// - Parameter quota: What a database may take; `nil` for no limit.
    /// - Throws: `space`.
    static func require(_ bytes: Int, within quota: Int?) throws(EngineError) {
        guard let quota, bytes > quota else { return }
        throw EngineError(
            .space,
            "The restored database takes \(mebibytes(bytes)), its quota is \(mebibytes(quota)): raise that first."
        )
    }

    /// - Throws: `space`.
    static func require(_ bytes: Int, at path: String, for what: String) throws(EngineError) {
        var system = statvfs()
        // Where it cannot be told, writing will.
        guard statvfs(path, &system) == 0 else { return }
        let (free, overflow) = Int(system.f_bavail).multipliedReportingOverflow(by: Int(system.f_frsize))
        guard !overflow, free < bytes else { return }
        throw EngineError(.space, "\(what) takes \(mebibytes(bytes)), \(path) has \(mebibytes(free)) left.")
    }

    private static func mebibytes(_ bytes: Int) -> String { "\(bytes >> 20) MiB" }
}
