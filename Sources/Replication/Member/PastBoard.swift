package import JobEngine
import Synchronization

/// What of the past this node does not have yet, for whoever asks at any time.
package final class PastBoard: Sendable {
    private let state = Mutex<ClusterStatus.MissingPast?>(nil)

    /// Nothing is known to be missing.
    package init() {}

    /// `nil` when all is here, as far as is known.
    package var missing: ClusterStatus.MissingPast? { state.withLock { $0 } }

    /// Tells that so much is missing now.
    package func show(_ missing: ClusterStatus.MissingPast?) { state.withLock { $0 = missing } }
}
