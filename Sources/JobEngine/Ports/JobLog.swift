package import Access
package import Waiting

/// The ordered log of what was decided. One append is one transaction, and one flush.
///
/// Whoever appends is in a term of office. A term that was followed by another one can append nothing any more, so two
/// masters never both decide.
package protocol JobLog: Sendable {
    /// The thread appends are made on: whoever decides there has nothing to hand over to another one.
    var thread: SerialThread { get }
    /// Begins a term with an entry that holds nothing: whoever appended before is deposed from here on.
    ///
    /// - Returns: The place of that entry; its index names the term to whoever follows events.
    /// - Throws: `full` or `unavailable`.
    func beginTerm() async throws(StoreError) -> LogPosition
    /// Makes records durable, all of them or none, behind the position that is the end of the log.
    ///
    /// - Parameter audit: Written to the audit log of this node in the same transaction; no records of the log.
    /// - Throws: `full` when nothing was stored for lack of room, `deposed` when nothing was stored nor ever will be, and
    ///   `unavailable` when nobody knows: ``end()`` tells.
    func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError)
    /// Where the log ends.
    ///
    /// - Throws: `unavailable`.
    func end() async throws(StoreError) -> LogPosition
}

/// A place in the log: that of one entry.
package struct LogPosition: Sendable, Hashable {
    /// The term of office it was made in.
    package let term: Int
    /// One more than that of the entry before it, in every term.
    package let index: Int

    /// The place of the entry with this index.
    package init(term: Int, index: Int) {
        self.term = term
        self.index = index
    }

    /// That of the next append of the same term.
    package var next: LogPosition { LogPosition(term: term, index: index + 1) }
}
