/// Keeps audit events for good.
package protocol AuditLog: Sendable {
    /// Returns when the event is kept. A failure to keep it is the log's own to report; it never stops a login.
    func record(_ event: AuditEvent) async
}

/// One kept event with its place in the chain.
package struct AuditEntry: Sendable, Hashable {
    /// Its place, from 1 on without a gap.
    package let sequence: Int
    /// What happened, as it was stored; the chain of hashes covers all of it.
    package let event: AuditEvent
    /// The hash of the entry before it, 32 bytes; zeros for the first.
    package let previousHash: [UInt8]
    /// SHA-256 over the previous hash and the JSON text of the event, 32 bytes.
    package let hash: [UInt8]

    /// An entry as it was found; nothing is computed or compared.
    package init(sequence: Int, event: AuditEvent, previousHash: [UInt8], hash: [UInt8]) {
        self.sequence = sequence
        self.event = event
        self.previousHash = previousHash
        self.hash = hash
    }
}

/// Reads what an ``AuditLog`` has kept.
package protocol AuditTrail: Sendable {
    /// One page of the entries a query asks for, newest first.
    ///
    /// - Throws: `unavailable` when the log cannot be read now.
    func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage
}

/// Which entries of the audit log are wanted.
package struct AuditQuery: Sendable, Hashable {
    /// At most so many; 1 to 1000.
    package var limit = 50
    /// Only entries below this number: where the page before ended.
    package var below: Int?
    /// Only events from this moment on, in milliseconds since 1970.
    package var since: Int64?
    /// Only events before this moment.
    package var until: Int64?
    /// Only events of one of these kinds; empty for all.
    package var kinds: [AuditEvent.Kind] = []
    /// Only events of one of these users, by exact name; empty for all.
    package var users: [String] = []

    /// Asks for the newest 50 entries.
    package init() {}
}

/// One page of the audit log.
package struct AuditPage: Sendable, Hashable {
    /// Newest first.
    package var entries: [AuditEntry]
    /// Whether more follow.
    package var hasMore: Bool
    /// On the last page, where earlier records are that no query finds; `nil` when there are none.
    package var archived: ArchivedAudit?

    /// `hasMore` says that a query below the last entry's number would find at least one.
    package init(entries: [AuditEntry], hasMore: Bool, archived: ArchivedAudit? = nil) {
        self.entries = entries
        self.hasMore = hasMore
        self.archived = archived
    }
}

/// Records that went to sealed archive files, from the first one on.
package struct ArchivedAudit: Sendable, Hashable {
    /// The number of the last of them.
    package let last: Int
    /// The name of the file it is in; those before lie beside it.
    package let file: String

    /// All records up to one.
    package init(last: Int, file: String) {
        self.last = last
        self.file = file
    }
}

/// A log nobody has written to.
package struct EmptyAuditTrail: AuditTrail {
    /// Empty for good.
    package init() {}

    package func entries(_ query: AuditQuery) async throws(AccessError) -> AuditPage {
        AuditPage(entries: [], hasMore: false)
    }
}
