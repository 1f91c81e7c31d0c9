import ClusterLog
import PeerLink
import Replication
import Synchronization

/// Looks at the master's key in etcd for a term somebody names.
final class EtcdTerms: TermWitness {
    /// So many looks are under way at most; a member that names terms without end costs no more.
    private static let most = 8

    private let etcd: any Etcd
    private let board: MemberBoard
    private let cluster: String
    private let looks = Mutex(0)

    init(_ etcd: any Etcd, _ board: MemberBoard, cluster: String) {
        (self.etcd, self.board, self.cluster) = (etcd, board, cluster)
    }

    func word(on term: Term, of node: Int?) async -> TermWord {
        let view = board.view
        // Another etcd than the one that is followed: which of the two counts is known when this node has come there.
        if term.generation > view.generation { return .unknown }
        if term.generation < view.generation { return .doesNotHold }
        let isFree = looks.withLock { looks in
            if looks == Self.most { return false }
            looks += 1
            return true
        }
        guard isFree else { return .unknown }
        defer { looks.withLock { $0 -= 1 } }
        let keys = LogKeys(cluster: cluster, generation: view.generation)
        guard let answer = try? await etcd.transact(Transaction(success: [.get(keys.master)])),
            let found = answer.found.first
        else { return .unknown }
        guard let key = found.first, let master = MasterKey(key.value) else { return .doesNotHold }
        return key.created == term.epoch && (node ?? master.node) == master.node ? .holds : .doesNotHold
    }
}
