/// Hands out records of the audit log one after the other, oldest first, and keeps how far they were handed on.
package protocol AuditSource: Sendable {
    /// The records behind a number, at most so many. Those that are kept no longer are left out: the first one then has a
    /// higher number than the next.
    ///
    /// - Throws: `unavailable` when the log cannot be read now.
    func records(after sequence: Int, limit: Int) async throws(AccessError) -> AuditBatch

    /// The last record that was handed on; `nil` when nobody ever began.
    ///
    /// - Throws: `unavailable` when the log cannot be read now.
    func handedOn() async throws(AccessError) -> Int?

    /// Keeps that records up to this one were handed on; on the disk on return.
    ///
    /// - Throws: `unavailable` when it cannot be kept now.
    func noteHandedOn(_ sequence: Int) async throws(AccessError)
}

/// Some records, and how many there are.
package struct AuditBatch: Sendable, Hashable {
    /// In the order of their numbers.
    package let records: [AuditRecord]
    /// The number of the newest record of the log; 0 when there is none.
    package let newest: Int

    /// A batch as it was read.
    package init(records: [AuditRecord], newest: Int) {
        self.records = records
        self.newest = newest
    }
}
