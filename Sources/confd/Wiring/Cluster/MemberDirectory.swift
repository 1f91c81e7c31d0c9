import Certificates
import PeerLink
import Replication
import SQLiteStore

/// Who is a member, by the state of this node.
struct MemberDirectory: PeerDirectory {
    let store: SQLiteStore

    func isMember(_ identity: MemberIdentity, showing certificate: Certificate) async -> Bool {
        guard let members = try? await store.members(), let certificates = try? await store.certificates(),
            let member = members.first(where: { $0.node == identity.member })
        else { return false }
        // One of a former life of the node is nobody's.
        return certificates.contains {
            $0.serialNumber == certificate.serialNumber && $0.node == member.node && $0.member == member.id
                && $0.revokedAt == nil
        }
    }
}
