import Foundation
import JobEngine
import Replication
import Testing
import Values

@testable import PeerLink

@Suite struct DepartureNoticeTests {
    private let time = Timestamp(milliseconds: 1_790_000_000_000)

    private func certificate(_ member: String, revoked: Bool, of node: Int = 12) -> ReplicatedCertificate {
        var certificate = ReplicatedCertificate(
            serialNumber: "0\(member)", node: node, member: member, life: 1, issuedAt: time, notAfter: time)
        if revoked { (certificate.revokedAt, certificate.revokedBy) = (time, JobID(node: 11, number: 7)) }
        return certificate
    }

    private func member(_ id: String) -> ReplicatedMember {
        ReplicatedMember(node: 12, id: id, address: "10.0.0.12", port: 20003, peerPort: 20381, since: time)
    }

    @Test func onlyALifeThatIsOverIsTold() {
        let text = DepartureNotice.text(for: 12, "a", certificates: [certificate("a", revoked: true)], members: [])
        #expect(text?.hasPrefix("node 12 was removed on ") == true)
        #expect(text?.hasSuffix("by job 11.7; to bring it back: invite and join") == true)
        #expect(DepartureNotice.text(for: 12, "a", certificates: [], members: []) == nil)
        #expect(
            DepartureNotice.text(for: 12, "a", certificates: [certificate("a", revoked: false)], members: []) == nil)
        // Of a life it does not know yet, a node that is behind says nothing.
        #expect(DepartureNotice.text(for: 12, "b", certificates: [certificate("a", revoked: true)], members: []) == nil)
        #expect(DepartureNotice.text(for: 13, "a", certificates: [certificate("a", revoked: true)], members: []) == nil)
        let both = [certificate("a", revoked: true), certificate("b", revoked: false)]
        #expect(DepartureNotice.text(for: 12, "b", certificates: both, members: [member("b")]) == nil)
        // Its former life is over for ever, also while another one goes on.
        #expect(DepartureNotice.text(for: 12, "a", certificates: both, members: [member("b")]) != nil)
    }
}
