import Access
import Application
import Gateway
import JobEngine
import NodeAgent
import ServiceLifecycle

extension Engine {
    /// What goes on beside the answers to clients, in the order in which it starts.
    ///
    /// - Parameters:
    ///   - gateway: What the answers stand on.
    ///   - life: This node's part in a cluster.
    ///   - retention: Which jobs are put into archives, and which archives go.
    ///   - memory: Where findings are kept.
    func services(
        _ settings: DaemonSettings, serving gateway: GatewayServices, in life: ClusterLife, lock: InstallationLock,
        retention: Retention, memory: any FindingMemory, audit: any AuditLog
    ) -> [any Service] {
        [
            TrimService(released: released),
            DatabaseService(
                watch: databases, scheduler: scheduler, audit: audit, time: SystemTimeSource(),
                startsAgain: settings.restartsDatabases),
            life, ClusterEnd(life: life), SchedulerService(scheduler: scheduler), files,
            ScheduleService(
                scheduler: scheduler, schedules: schedules, backups: backups,
                isEnabled: settings[\.hasSchedules], drillDays: settings[\.drillDays],
                certificateDue: certificateDue, retention: retention),
            ReloadService(scheduler: scheduler, lock: lock),
            RevocationService(scheduler: scheduler, identity: identity),
            CallbackService(callbacks: gateway.callbacks, logger: logger),
            MemberService(members: gateway.members), SeriesService(self),
            NotificationService(notifier: notifier, scheduler: scheduler, health: health),
            FindingsService(
                self, gateway.members, link: { life.parts?.log.link.identity }, memory: memory, audit: audit),
        ]
    }
}
