package import FoundationEssentials

/// The authority of one cluster: whom it gives a certificate is a node of that cluster, for etcd and for other nodes.
///
/// A value that holds the authority's key: whoever has it can make nodes.
package struct ClusterAuthority: Sendable {
    /// How long the certificate of a node is good; another one is due after two thirds (``Certificate/isRenewalDue(at:)``).
    package static let nodeValidity = 365.0 * 86_400
    /// How long the authority itself is good.
    package static let validity = 20 * nodeValidity
    /// How far back validity begins, so that nodes whose clocks are behind take a new certificate at once.
    static let leeway = 3600.0

    /// The cluster's UUID.
    package let cluster: String
    let authority: CertificateAuthority

    /// The authority of a new cluster, with a new key on P-256.
    ///
    /// - Parameter cluster: The cluster's UUID.
    /// - Throws: `CertificateError` `requestInvalid` for what is no UUID, or `systemFailure`.
    package static func make(cluster: String, now: Date) throws(CertificateError) -> ClusterAuthority {
        guard MemberIdentity.isCluster(cluster) else {
            throw CertificateError(.requestInvalid, "\"\(cluster)\" is no UUID of a cluster.")
        }
        let key = try PrivateKey.generate(.p256)
        let request = CertificateRequest(
            commonName: "confd cluster \(cluster.prefix(8))", names: [.uri(MemberIdentity.uri(ofCluster: cluster))],
            notBefore: now.addingTimeInterval(-leeway), notAfter: now.addingTimeInterval(validity), usages: [],
            isAuthority: true)
        let certificate = try request.signed(key: key, issuer: nil)
        return try ClusterAuthority(CertificateAuthority(certificate: certificate, key: key))
    }

    /// An authority that was kept.
    ///
    /// - Parameters:
    ///   - certificate: PEM.
    ///   - key: PEM, not encrypted.
    /// - Throws: `CertificateError` for what cannot be read, belongs not together, or is the authority of no cluster.
    package init(certificate: [UInt8], key: [UInt8]) throws(CertificateError) {
        try self.init(
            CertificateAuthority(
                certificate: CertificateChain(pem: certificate).leaf, key: PrivateKey(pem: key)))
    }

    private init(_ authority: CertificateAuthority) throws(CertificateError) {
        guard let cluster = MemberIdentity.cluster(of: authority.certificate) else {
            throw CertificateError(
                .notAuthority, "\"\(authority.certificate.subject)\" is not the authority of a cluster.")
        }
        (self.cluster, self.authority) = (cluster, authority)
    }

    /// The certificate everybody of the cluster believes.
    package var certificate: Certificate { authority.certificate }
    /// The key as PEM. Secret: the file it goes to must have mode 0600.
    package var keyPEM: String { authority.key.pem }

    /// A certificate for a node that sent a request; as server and as client, for a year.
    ///
    /// Its number is random. Of the request nothing but the key is taken.
    ///
    /// - Parameter member: Who the sender is, as the authority knows it from elsewhere.
    /// - Throws: `CertificateError` `requestInvalid` for a node of another cluster, `weakKey`, or `systemFailure`.
    package func issue(
        to member: MemberIdentity, for request: ReceivedRequest, now: Date
    ) throws(CertificateError) -> Certificate {
        guard member.cluster == cluster else {
            throw CertificateError(.requestInvalid, "This authority is for cluster \(cluster), not for \(member).")
        }
        guard request.keyType == .ec, request.keyBits >= 256 else {
            throw CertificateError(
                .weakKey,
                "A node has a key on P-256 or P-384; this is \(request.keyType.rawValue) of \(request.keyBits) bits.")
        }
        let end = min(now.addingTimeInterval(Self.nodeValidity), certificate.notAfter)
        let terms = CertificateRequest(
            commonName: "confd node \(member.member)", names: [.uri(member.uri)] + Self.addresses(of: member),
            notBefore: max(now.addingTimeInterval(-Self.leeway), certificate.notBefore), notAfter: end,
            usages: [.serverAuthentication, .clientAuthentication])
        return try terms.signed(for: request, by: authority)
    }

    /// The address of the node, first of all. Where it is one of this machine itself, the system has connections come from the
    /// usual one of those, and etcd looks where they come from.
    private static func addresses(of member: MemberIdentity) -> [SubjectName] {
        let own = SubjectName.ip(member.address)
        return member.address.hasPrefix("127.") && member.address != "127.0.0.1" ? [own, .ip("127.0.0.1")] : [own]
    }
}
