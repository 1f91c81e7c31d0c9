package import FoundationEssentials

/// Whom a node takes for another node of its cluster.
package struct ClusterTrust: Sendable {
    private let cluster: String
    private let authorities: CertificateChain
    private let revocations: RevocationLists

    /// - Parameters:
    ///   - cluster: The cluster's UUID.
    ///   - authorities: PEM; two while one authority follows another.
    ///   - revocations: Their revocation lists, PEM.
    /// - Throws: `CertificateError` for what cannot be read.
    package init(cluster: String, authorities: [UInt8], revocations: [UInt8]) throws(CertificateError) {
        self.cluster = cluster
        self.authorities = try TLSMaterial.authorities(authorities)
        self.revocations = try RevocationLists(revocations, of: self.authorities)
    }

    /// Who showed a certificate, with those above it, and has its key.
    ///
    /// - Parameter usage: `clientAuthentication` for who calls, `serverAuthentication` for who is called.
    /// - Throws: `CertificateError` with why they are nobody of this cluster: not issued by its authority, ended, taken back,
    ///   or not that of a node.
    package func member(
        showing chain: CertificateChain, as usage: KeyUsage, now: Date
    ) throws(CertificateError) -> MemberIdentity {
        // One that stands for itself among the authorities is no node.
        guard !authorities.certificates.contains(chain.leaf) else {
            throw CertificateError(.usageNotAllowed, "The authority of the cluster is none of its nodes.")
        }
        try chain.verify(against: authorities, now: now, usage: usage)
        if let reason = revocations.refusal(of: chain.leaf.id, at: now) {
            throw CertificateError(
                revocations.isRevoked(chain.leaf.id) ? .revoked : .untrusted,
                "\"\(chain.leaf.subject)\" is not believed: \(reason).")
        }
        let identity = try MemberIdentity(of: chain.leaf)
        guard identity.cluster == cluster else {
            throw CertificateError(.untrusted, "\(identity) is of another cluster than this node, \(cluster).")
        }
        return identity
    }
}
