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

    /// `hasMore` says that a query below the last entry's number would find at least one.
    package init(entries: [AuditEntry], hasMore: Bool) {
        self.entries = entries
        self.hasMore = hasMore
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
