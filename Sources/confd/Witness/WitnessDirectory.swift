import Certificates
import JobEngine
import PeerLink

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
