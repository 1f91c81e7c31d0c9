package import Access
package import Certificates
import FoundationEssentials
import Values

/// Gives nodes their certificates, where this node has the authority of the cluster.
package struct CertificateIssuing: Sendable {
    /// The authority; `nil` on a node that does not have it.
    package let authority: @Sendable () async -> ClusterAuthority?
    /// Who a node is, by the list of members as it is now; `nil` for none.
    package let member: @Sendable (_ node: Int) async -> MemberIdentity?
    /// What the authority took back.
    package let revoked: @Sendable () async -> [RevokedCertificate]
    /// Is told of each certificate before its node has it, so that the directory confirms it; what it throws is told to the node.
    package let record: @Sendable (_ node: Int, _ certificate: Certificate) async throws(PeerFault) -> Void
    private let time: any TimeSource

    /// Issues by these.
    package init(
        authority: @escaping @Sendable () async -> ClusterAuthority?,
        member: @escaping @Sendable (_ node: Int) async -> MemberIdentity?,
        revoked: @escaping @Sendable () async -> [RevokedCertificate],
        record: @escaping @Sendable (_ node: Int, _ certificate: Certificate) async throws(PeerFault) -> Void,
        time: any TimeSource = SystemTimeSource()
    ) {
        (self.authority, self.member, self.revoked, self.record) = (authority, member, revoked, record)
        self.time = time
    }

    /// A certificate for a node, for the key of its request.
    ///
    /// - Parameter request: PEM.
    /// - Throws: ``PeerFault`` `refused` where the authority is not, or for a request that is none; `not-member`.
    package func issue(to node: Int, for request: String) async throws(PeerFault) -> Certificate {
        guard let authority = await authority() else {
            throw PeerFault(.refused, "This node does not have the authority of the cluster.")
        }
        guard let member = await member(node) else {
            throw PeerFault(.notMember, "Node \(node) is no member of this cluster.")
        }
        let certificate: Certificate
        do throws(CertificateError) {
            certificate = try authority.issue(to: member, for: ReceivedRequest(pem: Array(request.utf8)), now: now)
        } catch {
            throw PeerFault(.refused, error.message)
        }
        try await record(node, certificate)
        return certificate
    }

    /// The routes others ask: `certificate` for the node that asks and no other, `revocations` for the list as this node has it.
    ///
    /// - Parameter credentials: Of this node.
    package func routes(_ credentials: PeerCredentials) -> [PeerRoute] {
        [
            PeerRoute("certificate", questionLimit: 2 * ReceivedRequest.sizeLimit) { question throws(PeerFault) in
                guard let node = question.node, let request = question.body["request"]?.string else {
                    throw PeerFault(.malformed, "A request in PEM is needed.")
                }
                return .value(["certificate": .string(try await issue(to: node, for: request).pem)])
            }.alsoForWitness,
            PeerRoute("revocations", questionLimit: 1 << 10) { _ throws(PeerFault) in
                .value(["revocations": .string(credentials.material.revocations)])
            }.alsoForWitness,
        ]
    }

    private var now: Date { Date(timeIntervalSince1970: Double(time.now) / 1000) }
}
