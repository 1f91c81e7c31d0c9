import Certificates
import ClusterLog
import PeerLink
import Replication
import SQLiteStore
import Synchronization

/// Who is a member, by the state of this node. It is asked with every question, and reads the state when an entry was applied
/// since.
final class MemberDirectory: PeerDirectory {
    private struct Known {
        /// Where the state was, at least, when it was read.
        let generation: Int
        let place: LogPlace
        /// Which node a certificate is of, by its number, as long as it holds.
        let nodes: [String: Int]
    }

    private let store: SQLiteStore
    private let board: MemberBoard
    private let known = Mutex<Known?>(nil)

    init(store: SQLiteStore, board: MemberBoard) { (self.store, self.board) = (store, board) }

    func isMember(_ identity: MemberIdentity, showing certificate: Certificate) async -> Bool {
        await nodes()?[certificate.serialNumber] == identity.member
    }

    private func nodes() async -> [String: Int]? {
        // Before what is read: that may be newer, and then is read once more.
        let view = board.view
        let known = known.withLock { $0 }
        if let known, known.generation == view.generation, known.place == view.applied { return known.nodes }
        guard let members = try? await store.members(), let certificates = try? await store.certificates() else {
            return nil
        }
        let lives = Dictionary(members.map { ($0.node, $0.id) }) { _, last in last }
        // One of a former life of a node is nobody's.
        let holding = certificates.filter { $0.revokedAt == nil && lives[$0.node] == $0.member }
        let nodes = Dictionary(holding.map { ($0.serialNumber, $0.node) }) { first, _ in first }
        self.known.withLock { $0 = Known(generation: view.generation, place: view.applied, nodes: nodes) }
        return nodes
    }
}

/// What the etcd this node follows has about terms other nodes name.
struct EtcdTerms: TermWitness {
    let look: TermLook

    func word(on term: Term, of node: Int?) async -> TermWord {
        switch await look.holds(term, of: node) {
        case true?: .holds
        case false?: .doesNotHold
        case nil: .unknown
        }
    }
}
