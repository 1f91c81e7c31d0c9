import Foundation

/// Lets one verb at a time change a database.
///
/// A verb outlives the daemon that asked for it, should that be killed; the next one, perhaps its opposite, waits here until
/// it has ended. The lock goes with the process, and what it starts does not inherit it.
enum OperationLock {
    /// Verbs that only look need no lock, and answer while another one works.
    private static let looking: Set<String> = ["describe", "check", "state", "info"]

    static func isNeeded(for verb: String) -> Bool { !looking.contains(verb) }

    /// Returns when no other verb changes the database; the lock is held until this process ends.
    ///
    /// - Throws: `failed` when it cannot be had.
    static func take(_ request: EngineRequest) throws(EngineError) {
        if request.paths.run.isEmpty { return }
        let handle = open(request.paths.run + "/engine.lock", O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard handle >= 0 else {
            throw EngineError(.failed, "\(request.paths.run)/engine.lock: \(String(cString: strerror(errno))).")
        }
        while flock(handle, LOCK_EX) != 0 {
            guard errno == EINTR else {
                throw EngineError(.failed, "\(request.paths.run)/engine.lock: \(String(cString: strerror(errno))).")
            }
        }
    }
}
