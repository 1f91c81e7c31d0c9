import Certificates
import ClusterLog
import EtcdStore
import JobEngine
import PeerLink
import Replication
import Synchronization

/// Says, by etcd, whether the node that orders something decides now. A witness follows no log: it looks at the key of the master
/// in whichever etcd the generation of the term has.
final class WitnessTerms: TermWitness {
    /// So many looks are under way at most.
    private static let most = 8

    private let link: MemberLink
    private let etcd: NodeEtcd
    private let underWay = Mutex(0)

    init(_ link: MemberLink, _ etcd: NodeEtcd) { (self.link, self.etcd) = (link, etcd) }

    /// Has etcd be asked where it may be by now: its own first, and then at each node, of which only some have one.
    func follow() { etcd.client.use(endpoints) }

    private var endpoints: [EtcdEndpoint] {
        let file = link.file
        let own = file.isVoter ? [link.etcdPlan.clients] : []
        return own + file.others.map { EtcdEndpoint(host: $0.address, port: file.ports.etcdClients) }
    }

    func word(on term: Term, of node: Int?) async -> TermWord {
        let isFree = underWay.withLock { count in
            if count == Self.most { return false }
            count += 1
            return true
        }
        guard isFree else { return .unknown }
        defer { underWay.withLock { $0 -= 1 } }
        let keys = LogKeys(cluster: link.file.cluster, generation: term.generation)
        var hasAnswered = false
        // Each that does not answer has the next one asked. One of a former generation has no such key.
        for _ in endpoints {
            guard let answer = try? await etcd.client.transact(Transaction(success: [.get(keys.master)])) else {
                continue
            }
            guard let key = answer.found.first?.first, let master = MasterKey(key.value) else {
                hasAnswered = true
                continue
            }
            return key.created == term.epoch && (node ?? master.node) == master.node ? .holds : .doesNotHold
        }
        return hasAnswered ? .doesNotHold : .unknown
    }

    /// Whether an etcd that answers says that it is of a generation: the word of a node is not enough to give up a vote.
    func begins(_ generation: Int) async -> Bool {
        let keys = LogKeys(cluster: link.file.cluster, generation: generation)
        for _ in endpoints {
            guard let answer = try? await etcd.client.transact(Transaction(success: [.get(keys.format)])),
                let found = answer.found.first?.first, let format = LogFormat(found.value)
            else { continue }
            if format.generation == generation { return true }
        }
        return false
    }
}

/// Who is a member, for a witness: whoever the authority of the cluster gave a certificate and did not take it back, which its
/// etcd goes by as well, as long as the nodes it was told of have them.
struct WitnessDirectory: PeerDirectory {
    private let board: WitnessBoard

    init(_ board: WitnessBoard) { self.board = board }

    func isMember(_ identity: MemberIdentity, showing certificate: Certificate) async -> Bool {
        guard identity.member != ClusterStatus.Witness.number else { return false }
        // A node that joined a moment ago comes before anybody has told of it.
        return !board.revoked.contains { $0.serialNumber == certificate.serialNumber }
    }
}
