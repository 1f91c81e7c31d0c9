import Access
import Application
import JobEngine
import Logging
import ServiceLifecycle
import Values

/// Keeps the state of the cluster known and tells what is wrong with it: to whoever follows events, in the log of the daemon, and
/// in the history, where one node writes down each finding.
struct FindingsService: Service {
    private let cycle: HealthCycle

    /// - Parameters:
    ///   - members: Knows the nodes of the cluster.
    ///   - link: What this node shows other members; `nil` on a node alone.
    init(
        _ engine: Engine, _ members: ClusterService, link: @escaping @Sendable () -> MemberLink?,
        memory: any FindingMemory, audit: any AuditLog
    ) {
        let (scheduler, logger, time, node) = (engine.scheduler, engine.logger, engine.time, engine.health.node)
        cycle = HealthCycle(
            engine.health, probes: engine.probes(members, link), scheduler: scheduler, memory: memory, time: time
        ) { changes in
            scheduler.events.publish(changes.compactMap { $0.news.map(Event.Fact.finding) })
            let status = scheduler.clusterStatus()
            for change in changes {
                Self.log(change, logger)
                // What every node knows is written down by the one that decides.
                let isOurs = change.finding.node.map { $0 == node } ?? (status.isMaster || !status.isElected)
                guard isOurs, let event = change.event(at: time.now) else { continue }
                await audit.record(event)
            }
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [cycle] in await cycle.run() }
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }

    private static func log(_ change: FindingChange, _ logger: Logger) {
        let finding = change.finding
        let metadata: Logger.Metadata = [
            "finding": "\(finding.id)", "severity": "\(finding.severity.rawValue)", "cause": "\(finding.cause)",
        ]
        switch change {
        case .raised where finding.severity == .notice: logger.info("found", metadata: metadata)
        case .raised: logger.warning("found", metadata: metadata)
        case .cleared: logger.notice("over", metadata: metadata)
        case .silenced: logger.info("word on a finding", metadata: metadata)
        }
    }
}

extension FindingChange {
    /// What readers of events are told; nothing of words on findings, which are rules and told as such.
    fileprivate var news: FindingNews? {
        let isRaised: Bool
        switch self {
        case .raised: isRaised = true
        case .cleared: isRaised = false
        case .silenced: return nil
        }
        return FindingNews(
            isRaised: isRaised, id: finding.id, code: finding.code.rawValue, object: finding.object,
            severity: finding.severity.rawValue, since: finding.since, cause: finding.cause)
    }

    /// What is written down: what hurts, or will.
    fileprivate func event(at now: Int64) -> AuditEvent? {
        guard finding.severity > .notice, let news else { return nil }
        return AuditEvent(
            kind: news.isRaised ? .findingRaised : .findingCleared, time: now, method: .internal, detail: news.cause,
            fields: [
                "objects": news.object, "finding": news.id, "severity": news.severity, "interface": "internal",
            ])
    }
}
