package import ClusterLog

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
