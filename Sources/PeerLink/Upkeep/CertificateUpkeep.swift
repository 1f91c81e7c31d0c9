package import Certificates
package import FoundationEssentials

/// What is to be done about certificates at a moment; pure, time is handed in.
package struct CertificateUpkeep: Sendable {
    /// One thing that is due.
    package enum Step: Sendable, Hashable, CaseIterable {
        /// The node's own certificate has lived two thirds of its life.
        case renewOwn
        /// The revocation list ends, or tells too little, and this node has the authority.
        case writeList
        /// The same, and others have the authority.
        case fetchList
    }

    /// How often it is looked at while nothing is wrong. Members that are removed are told of at once.
    package static let pace = Duration.seconds(3600)
    /// How long it is waited after a step that failed; twice as long each time.
    package static let firstPause = Duration.seconds(30)

    private var failures = 0

    /// Nothing has failed yet.
    package init() {}

    /// What is due, in this order.
    ///
    /// - Parameters:
    ///   - own: The certificate of this node.
    ///   - authority: The certificate of the authority that issues now.
    ///   - lists: Revocation lists as they are kept, that of this authority first.
    ///   - hasAuthority: Whether this node has the authority's key.
    ///   - revoked: What the list has to tell of.
    package static func steps(
        own: Certificate, authority: Certificate, lists: String, hasAuthority: Bool, revoked: [RevokedCertificate],
        now: Date
    ) -> [Step] {
        var steps: [Step] = []
        // Another authority has followed the one that issued it.
        if own.isRenewalDue(at: now) || !own.isIssued(by: authority) { steps.append(.renewOwn) }
        if ClusterAuthority.isListDue(Array(lists.utf8), of: authority, revoked: revoked, now: now) {
            steps.append(hasAuthority ? .writeList : .fetchList)
        }
        return steps
    }

    /// How long to wait for the next look.
    package mutating func pause(afterFailure: Bool) -> Duration {
        guard afterFailure else {
            failures = 0
            return Self.pace
        }
        failures += 1
        return min(Self.pace, Self.firstPause * (1 << min(failures - 1, 16)))
    }
}
