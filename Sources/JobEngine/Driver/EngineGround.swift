import Synchronization

/// What an engine stands on that becomes another one when a node that was alone takes part in a cluster.
package struct EngineGround: Sendable {
    /// Log and state.
    package let store: any Store
    /// Who decides.
    package let cluster: any Cluster
    /// Tells what others decide; `nil` where nobody else does.
    package let feed: (any StateFeed)?

    /// A node alone has no feed.
    package init(store: any Store, cluster: any Cluster, feed: (any StateFeed)? = nil) {
        self.store = store
        self.cluster = cluster
        self.feed = feed
    }
}

/// The ground there is at this moment.
final class PresentGround: Sendable {
    private let state: Mutex<(ground: EngineGround, number: Int)>

    init(_ ground: EngineGround) { state = Mutex((ground, 0)) }

    var ground: EngineGround { state.withLock { $0.ground } }

    /// Another one for each ground there was.
    var number: Int { state.withLock { $0.number } }

    func replace(by ground: EngineGround) { state.withLock { $0 = (ground, $0.number + 1) } }
}
