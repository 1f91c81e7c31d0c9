package import Access
package import ClusterLog
package import JobEngine

/// The state of this node in a cluster: what the entries of the log come to, in the order of their indexes.
package protocol ReplicatedState: StateStore {
    /// The newest entry that was applied, and the term that appended it.
    ///
    /// - Throws: `unavailable`.
    func applied() async throws(StoreError) -> AppliedEntry
    /// What may stand in the log; 1 before anything was said.
    ///
    /// - Throws: `unavailable`.
    func level() async throws(StoreError) -> Int
    /// Makes the records of a batch durable together with the place they lead to: all of it takes effect, or none.
    ///
    /// What the records say was checked by who appended them; nothing is refused, and neither a clock nor this node's settings
    /// are asked, so that every node comes to the same.
    ///
    /// - Parameter audit: Written to the audit log of this node in the same transaction; no records of the log.
    /// - Throws: `full` when nothing was written for lack of room, and `unavailable` when nobody knows: ``applied()`` tells.
    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry
    ) async throws(StoreError)
    /// The same, for a batch that goes on from a place: nothing is applied when the newest entry is another one, so that no
    /// entry is left out and none applied twice, whoever else applies. A state that has nothing goes on from the beginning of
    /// any log.
    ///
    /// - Throws: As without the place, and `unavailable` when it is not where the state is.
    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], after place: LogPlace, upTo entry: AppliedEntry
    ) async throws(StoreError)
}

extension ReplicatedState {
    /// Looks first, for a state that nobody else changes.
    package func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], after place: LogPlace, upTo entry: AppliedEntry
    ) async throws(StoreError) {
        let newest = try await applied().place
        guard newest.stands(at: place) else {
            throw .unavailable("the state is at entry \(newest.index) and not at entry \(place.index)")
        }
        try await apply(records, audit: audit, upTo: entry)
    }
}

/// The end of what a node has applied.
package struct AppliedEntry: Sendable, Hashable {
    /// Where it stands in the log.
    package let place: LogPlace
    /// Who appended it.
    package let term: Term

    /// An entry of a term.
    package init(_ place: LogPlace, term: Term) {
        self.place = place
        self.term = term
    }
}
