package import Access
package import JobEngine

/// Jobs, revisions and the audit logs of all nodes told as one history.
package struct HistoryService: Sendable {
    let scheduler: JobScheduler
    let audit: AuditService

    /// Reads the history of the scheduler and the records of audit logs.
    package init(scheduler: JobScheduler, audit: AuditService) {
        self.scheduler = scheduler
        self.audit = audit
    }

    /// What entries can be of.
    package static let kinds = ["job", "revision"] + AuditEvent.Kind.allCases.map(\.rawValue).filter { $0 != "job" }

    /// A walk over what somebody may know of, newest first: administrators see everything, others their own jobs.
    ///
    /// - Parameters:
    ///   - below: Where an earlier walk ended; empty to begin with the newest.
    ///   - isWhole: Whether it goes to the end, however long that takes; otherwise it is for one page.
    package func walk(
        _ filter: HistoryWalk.Filter, for principal: Principal, below: [HistoryEntry.Source: Int] = [:],
        isWhole: Bool = false
    ) -> HistoryWalk {
        var filter = filter
        filter.owner = principal.visibleOwner
        return HistoryWalk(scheduler: scheduler, audit: audit, filter: filter, below: below, isWhole: isWhole)
    }

    /// A walk over the audit logs alone, with the jobs in them, newest first; for those who may read them.
    ///
    /// - Parameter below: Where an earlier walk ended; empty to begin with the newest.
    package func auditWalk(
        _ filter: HistoryWalk.Filter, below: [HistoryEntry.Source: Int] = [:]
    ) -> HistoryWalk {
        var filter = filter
        filter.isOfAudit = true
        return HistoryWalk(scheduler: scheduler, audit: audit, filter: filter, below: below, isWhole: false)
    }
}
