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

/// Says whether a term somebody names is that of the cluster now. What a member says of itself proves nothing: one that was
/// taken over could name a term nobody ever comes to.
package protocol TermWitness: Sendable {
    /// What etcd has about a term, read for all its members.
    ///
    /// - Parameter node: Whose it is to be; `nil` for anybody's.
    func word(on term: Term, of node: Int?) async -> TermWord
}

/// What is known of a term somebody named.
package enum TermWord: Sendable, Hashable {
    /// It is the present one.
    case holds
    /// It is not: it is over, somebody else's, or was none ever.
    case doesNotHold
    /// Nobody can tell now.
    case unknown
}
