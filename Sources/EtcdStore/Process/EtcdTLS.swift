/// The certificate files of an etcd. It reads them at each handshake, so that new ones need no start.
package struct EtcdTLS: Sendable, Hashable {
    /// Certificate and key in one file: one cannot be replaced without the other.
    static let nodeFile = "node.pem"
    static let authorityFile = "authority.pem"
    static let revocationsFile = "revoked.pem"

    /// The node's certificate, PEM.
    package var certificate: String
    /// The node's key, PEM. Secret.
    package var key: String
    /// The certificates of the cluster's authority, PEM. They alone are read at the start.
    package var authority: String
    /// Its revocation list, PEM.
    package var revocations: String

    /// Takes texts as they are.
    package init(certificate: String, key: String, authority: String, revocations: String) {
        (self.certificate, self.key, self.authority, self.revocations) = (certificate, key, authority, revocations)
    }
}

extension EtcdTLS: CustomStringConvertible, CustomReflectable {
    package var description: String { "certificate files of etcd" }
    package var customMirror: Mirror { Mirror(self, children: ["certificate": certificate]) }
}
