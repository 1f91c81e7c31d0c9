/// What a node shows other members, and whose word it takes: the same texts its etcd has.
package struct PeerMaterial: Sendable, Hashable {
    /// The node's certificate, PEM.
    package var certificate: String
    /// The node's key, PEM. Secret.
    package var key: String
    /// The certificates of the cluster's authority, PEM; two while one follows the other.
    package var authorities: String
    /// Their revocation lists, PEM.
    package var revocations: String

    /// Takes texts as they are.
    package init(certificate: String, key: String, authorities: String, revocations: String) {
        (self.certificate, self.key) = (certificate, key)
        (self.authorities, self.revocations) = (authorities, revocations)
    }
}

extension PeerMaterial: CustomStringConvertible, CustomReflectable {
    package var description: String { "certificate files of the peer channel" }
    package var customMirror: Mirror { Mirror(self, children: ["certificate": certificate]) }
}
