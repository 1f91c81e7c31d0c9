package import ClusterLog
import Synchronization

/// Looks at the master's key in etcd for a term somebody names.
package final class TermLook: Sendable {
    /// So many looks are under way at most; whoever names terms without end costs no more.
    static let most = 8

    private let etcd: any Etcd
    private let board: MemberBoard
    private let cluster: String
    private let underWay = Mutex(0)

    /// A look at the etcd a member follows.
    package init(_ etcd: any Etcd, _ board: MemberBoard, cluster: String) {
        (self.etcd, self.board, self.cluster) = (etcd, board, cluster)
    }

    /// Whether a term is the present one, and that of a node.
    ///
    /// - Parameter node: `nil` for anybody.
    /// - Returns: `nil` when nobody can tell now.
    package func holds(_ term: Term, of node: Int?) async -> Bool? {
        let generation = board.view.generation
        // Of another etcd than the one that is followed: which of the two counts is known when this node has come there.
        if term.generation > generation { return nil }
        if term.generation < generation { return false }
        let isFree = underWay.withLock { count in
            if count == Self.most { return false }
            count += 1
            return true
        }
        guard isFree else { return nil }
        defer { underWay.withLock { $0 -= 1 } }
        let keys = LogKeys(cluster: cluster, generation: generation)
        guard let answer = try? await etcd.transact(Transaction(success: [.get(keys.master)])),
            let found = answer.found.first
        else { return nil }
        guard let key = found.first, let master = MasterKey(key.value) else { return false }
        return key.created == term.epoch && (node ?? master.node) == master.node
    }
}
