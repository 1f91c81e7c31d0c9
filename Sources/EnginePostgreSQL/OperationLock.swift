import Foundation

/// Lets one verb at a time change what a volume holds, whichever database it is about.
///
/// A verb outlives the daemon that asked for it, should that be killed; the next one, perhaps its opposite, waits here until
/// it has ended. The lock goes with the process, and what it starts does not inherit it: that a server runs is seen
/// by ``Server``, for as long as it does.
enum OperationLock {
    /// Verbs that only look need no lock, and answer while another one works.
    private static let looking: Set<String> = ["describe", "check", "state", "info"]

    static func isNeeded(for verb: String) -> Bool { !looking.contains(verb) }

    /// Returns when no other verb changes the volume; the lock is held until this process ends.
    ///
    /// - Throws: `failed` when it cannot be had.
    static func take(_ request: EngineRequest) throws(EngineError) {
        let handle = open(request.paths.data, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard handle >= 0 else { throw fault(request) }
        while flock(handle, LOCK_EX) != 0 {
            guard errno == EINTR else { throw fault(request) }
        }
    }

    private static func fault(_ request: EngineRequest) -> EngineError {
        EngineError(.failed, "\(request.paths.data) cannot be locked: \(String(cString: strerror(errno))).")
    }
}
