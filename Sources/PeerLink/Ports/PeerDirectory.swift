package import Certificates
package import ClusterLog

/// The list of members, asked at each question.
package protocol PeerDirectory: Sendable {
    /// Whether the certificate is that of a member as it is now.
    ///
    /// A node that was removed, or that joined again since, has a certificate its authority once gave it: number and dates tell
    /// which life of the node it is of.
    func isMember(_ identity: MemberIdentity, showing certificate: Certificate) async -> Bool
}

/// The newest term a node knows of. Nothing becomes known by the word of another node alone.
package protocol PeerTerms: Sendable {
    /// `nil` before there was any. Costs nothing.
    var highest: Term? { get }
    /// Keeps a term that etcd has, unless a newer one is known. It is durable on return: a node never forgets that a term is
    /// over.
    ///
    /// - Throws: ``PeerFault`` `refused` when it could not be kept.
    func take(_ term: Term) async throws(PeerFault)
}
