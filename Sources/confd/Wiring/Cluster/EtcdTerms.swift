import ClusterLog
import PeerLink
import Replication

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
