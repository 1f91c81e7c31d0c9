import Access
import Application
import EXAConf
import JobEngine
import Logging
import NodeAgent
import Notifications
import ServiceLifecycle
import Values

/// Tells whom the settings name what is wrong in the cluster, and which jobs failed.
struct NotificationService: Service {
    let notifier: Notifier
    let scheduler: JobScheduler
    /// Knows what is wrong.
    let health: any ClusterHealth

    func run() async throws {
        // Without a target nobody is told, and nothing has to be noticed.
        if !notifier.targets.isEmpty {
            await cancelWhenGracefulShutdown {
                await withDiscardingTaskGroup { group in
                    group.addTask { await notifier.run() }
                    group.addTask { await tellFindings() }
                    group.addTask { await tellJobs() }
                }
            }
        }
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }

    private func tellFindings() async {
        // First the changes, so that nothing that happens while the others are gone through is missed.
        let changes = health.changes()
        for finding in health.findings where finding.alarms { notifier.take(notice(finding, .raised)) }
        for await change in changes {
            switch change {
            case .raised(let finding) where finding.alarms: notifier.take(notice(finding, .raised))
            case .cleared(let finding): notifier.take(notice(finding, .cleared))
            case .raised, .silenced: break
            }
        }
    }

    private func tellJobs() async {
        var reader = EventReader(scheduler.events, EventFilter(types: ["job.ended"]), from: .now)
        while !Task.isCancelled {
            switch await reader.next(100) {
            case .events(let events):
                for event in events {
                    guard case .ended(let subject, let outcome, _) = event.fact else { continue }
                    let isOwn = subject.user == Principal.schedule.name
                    let isFailure = [.failed, .timedOut, .lost].contains(outcome) || isOwn && outcome == .declined
                    if isFailure { await tell(subject, at: event.time) }
                }
            case .reset, .nothing: continue
            case .closed: return
            }
        }
    }

    private func tell(_ job: Event.Subject, at moment: Timestamp) async {
        guard (try? scheduler.catalogue.definition(job.type))?.isLook != true,
            let record = try? await scheduler.record(job.id), !record.scheduling.isVolatile
        else { return }
        // Of schedules a finding tells, and when it is over as well.
        let isScheduled = job.user == Principal.schedule.name && record.intent?.hasPrefix("schedule/") != true
        let cause = (record.result?.text ?? "").replacing("JobError: ", with: "").replacing("ERROR::ConfD: ", with: "")
        var notice = Notice(
            "job:\(job.id)", topic: "job.failed.\(job.type)", kind: .failed, severity: isScheduled ? .warning : .notice,
            at: moment.milliseconds, summary: "\(job.type) failed: \(cause)")
        notice.job = "\(job.id)"
        notice.object = record.parameters["db_name"]?.string.map { "db:\($0)" }
        notice.cluster = clusterName
        notifier.take(notice)
    }

    private func notice(_ finding: Finding, _ kind: Notice.Kind) -> Notice {
        let severity = Notice.Severity(rawValue: finding.severity.rawValue) ?? .warning
        let now = Int(SystemTimeSource().now)
        var notice = Notice(
            finding.id, topic: "finding.\(finding.code.rawValue)", kind: kind, severity: severity,
            at: kind == .raised ? finding.since.milliseconds : now, summary: finding.cause)
        notice.cure = kind == .raised ? finding.cure : nil
        (notice.object, notice.node, notice.since) = (finding.object, finding.node, finding.since.milliseconds)
        notice.cluster = clusterName
        return notice
    }

    private var clusterName: String? { scheduler.configuration.document.global.clusterName }
}

extension Notifier {
    /// What tells by the settings, and keeps in the installation what waits.
    ///
    /// - Throws: ``Failure`` for settings that do not fit together.
    convenience init(
        _ settings: DaemonSettings, _ root: InstallationRoot, on cluster: any Cluster, logger: Logger
    ) throws(Failure) {
        let file = DurableFile()
        let path = root.spool + "/notifications"
        self.init(
            try settings.notifications(), by: settings.carriers,
            keeping: NoticeFile(
                reading: { try file.read(path) }, writing: { _ = try file.write($0, to: path, mode: 0o600) },
                logger: logger),
            while: { cluster.status.isMaster }, time: SystemTimeSource(), logger: logger)
    }
}
