import Access
import JobEngine
import Values

/// The audit log has what no request asked for: configurations that were edited by hand or brought to the present format,
/// and another master.
actor RevisionAudit: Reconciler {
    nonisolated let name = "audit"
    nonisolated let moment = ReconcilerMoment.afterwards
    private let scheduler: JobScheduler
    private let audit: any AuditLog
    private let time: any TimeSource
    private let start: Timestamp
    private var master: ClusterStatus.Master?

    /// - Parameter scheduler: Not started yet: what is decided from now on is recorded.
    init(_ scheduler: JobScheduler, _ audit: any AuditLog, time: any TimeSource) {
        self.scheduler = scheduler
        self.audit = audit
        self.time = time
        start = Timestamp(milliseconds: Int(time.now))
    }

    func reconcile(from former: DecidedConfiguration?, to latest: DecidedConfiguration) async throws {
        for revision in try await revisions(after: former?.revision, through: latest.revision) {
            await audit.record(
                AuditEvent(
                    kind: .configuration, time: Int64(revision.at.milliseconds), user: revision.user,
                    method: .internal, detail: revision.reason,
                    fields: ["revision": String(revision.number), "interface": "internal"]))
        }
        await record(scheduler.clusterStatus())
    }

    /// Revisions that no job made, oldest first; with no former one, those since the daemon began.
    private func revisions(after former: Int?, through latest: Int) async throws(JobError) -> [RevisionRecord] {
        let head = scheduler.configuration
        // Most are the work of one job, which is in the audit log by itself.
        if let former, former + 1 == latest, head.revision == latest, head.record.job != nil { return [] }
        var found: [RevisionRecord] = []
        var next: Int? = latest + 1
        while let below = next, below - 1 > former ?? 0 {
            let count = min(below - 1 - (former ?? 0), 100)
            let page = try await scheduler.revisions(below: below, limit: count)
            let fresh = page.prefix { revision in former.map { revision.number > $0 } ?? (revision.at >= start) }
            found += fresh.filter { $0.job == nil }
            next = fresh.count < page.count ? nil : page.last?.number
        }
        return found.reversed()
    }

    private func record(_ status: ClusterStatus) async {
        guard status.master != master else { return }
        master = status.master
        var fields = ["interface": "internal"]
        fields["objects"] = master.map { "node:\($0.node)" }
        await audit.record(
            AuditEvent(
                kind: .master, time: time.now, method: .internal,
                detail: master.map { "node \($0.node), \($0.address)" } ?? "no master", fields: fields))
    }
}
