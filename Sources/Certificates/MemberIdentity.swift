/// Which node of which cluster somebody is, as a certificate of the cluster's authority says it.
///
/// The node is a URI among the certificate's names, `confd://CLUSTER/members/NUMBER`: no name of a host is looked up for it,
/// and nothing else takes it for one.
package struct MemberIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The cluster's UUID.
    package let cluster: String
    /// The node's number.
    package let member: Int
    /// The address it is reached at within the cluster, IPv4 or IPv6.
    package let address: String

    /// - Parameter cluster: 1 to 63 letters, digits and hyphens, as a UUID has them.
    /// - Throws: `CertificateError` `requestInvalid` for what no certificate can say.
    package init(cluster: String, member: Int, address: String) throws(CertificateError) {
        guard Self.isCluster(cluster) else {
            throw CertificateError(.requestInvalid, "\"\(cluster)\" is no UUID of a cluster.")
        }
        guard member > 0 else {
            throw CertificateError(.requestInvalid, "\(member) is no number of a node; they begin at 1.")
        }
        guard SubjectName(host: address).isAddress else {
            throw CertificateError(.requestInvalid, "\"\(address)\" is no IP address.")
        }
        (self.cluster, self.member, self.address) = (cluster, member, address)
    }

    /// What a certificate says; whether to believe it is for ``ClusterTrust``.
    ///
    /// - Throws: `CertificateError` `usageNotAllowed` for a certificate that names no node, or several.
    package init(of certificate: Certificate) throws(CertificateError) {
        let uris = certificate.names.compactMap { name -> String? in
            if case .uri(let text) = name, text.hasPrefix(Self.scheme) { text } else { nil }
        }
        let addresses = certificate.names.filter(\.isAddress)
        guard uris.count == 1, let uri = uris.first, let address = addresses.first?.text else {
            throw Self.nobody(certificate)
        }
        let parts = uri.dropFirst(Self.scheme.count).split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[1] == "members", let member = Int(parts[2]), String(member) == parts[2],
            let identity = try? MemberIdentity(cluster: String(parts[0]), member: member, address: address)
        else { throw Self.nobody(certificate) }
        self = identity
    }

    package var description: String { "node \(member) of cluster \(cluster)" }

    /// As it stands among a certificate's names.
    package var uri: String { "\(Self.uri(ofCluster: cluster))/members/\(member)" }

    /// The cluster alone, as its authority's certificate names it.
    static func uri(ofCluster cluster: String) -> String { scheme + cluster }

    /// The cluster an authority's certificate is for.
    static func cluster(of authority: Certificate) -> String? {
        for case .uri(let text) in authority.names where text.hasPrefix(scheme) {
            let cluster = String(text.dropFirst(scheme.count))
            return isCluster(cluster) ? cluster : nil
        }
        return nil
    }

    static func isCluster(_ text: String) -> Bool {
        1...63 ~= text.utf8.count
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                    UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "-"):
                    true
                default: false
                }
            }
    }

    private static let scheme = "confd://"

    private static func nobody(_ certificate: Certificate) -> CertificateError {
        CertificateError(
            .usageNotAllowed, "The certificate \"\(certificate.subject)\" is not that of one node of a cluster.")
    }
}
