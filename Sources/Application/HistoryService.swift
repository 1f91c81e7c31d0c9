package import Access
package import JobEngine

/// Jobs, revisions and the audit log told as one history.
package struct HistoryService: Sendable {
    private let scheduler: JobScheduler
    private let audit: AuditService

    /// Reads the history of the scheduler and the records of the audit log.
    package init(scheduler: JobScheduler, audit: AuditService) {
        self.scheduler = scheduler
        self.audit = audit
    }

    /// What entries can be of.
    package static let kinds = ["job", "revision"] + AuditEvent.Kind.allCases.map(\.rawValue).filter { $0 != "job" }

    /// A walk over what somebody may know of, newest first: administrators see everything, others their own jobs.
    ///
    /// - Parameter below: Where an earlier walk ended; empty to begin with the newest.
    package func walk(
        _ filter: HistoryWalk.Filter, for principal: Principal, below: [HistoryEntry.Source: Int] = [:]
    ) -> HistoryWalk {
        var filter = filter
        filter.owner = principal.visibleOwner
        return HistoryWalk(scheduler: scheduler, audit: audit, filter: filter, below: below)
    }
}
