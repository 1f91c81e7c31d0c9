import Access
import Application
import JobEngine
import Posix
import ServiceLifecycle
import Waiting

/// What the daemon does by itself: starts databases, makes backups that are due, removes those that have expired, renews
/// its own certificate, and archives jobs.
struct ScheduleService: Service {
    let scheduler: JobScheduler
    let schedules: Schedules
    let backups: KnownBackups
    /// Whether it asks for jobs; archiving is not one.
    let isEnabled: Bool
    /// After how many days backups of a database are tried again; 0 for never.
    let drillDays: Int
    /// The fingerprint of the certificate that is to be renewed.
    let certificateDue: @Sendable () -> String?
    let retention: Retention

    func run() async throws {
        let (scheduler, schedules, backups) = (scheduler, schedules, backups)
        await withTaskGroup { group in
            group.addTask { [retention] in
                var retention = retention
                await retention.run()
            }
            // Whoever removes expired ones looks at all of them.
            group.addTask { [isEnabled] in await backups.follow(scheduler, looksByTheClock: !isEnabled) }
            guard isEnabled else { return }
            group.addTask {
                let start = AutomaticStart(scheduler)
                await withDiscardingTaskGroup { group in
                    // A node alone may wait long for the end of maintenance.
                    group.addTask { await start.run() }
                    await start.watchBoots()
                    group.cancelAll()
                }
            }
            group.addTask { await BackupExpiry(scheduler, backups).run() }
            group.addTask { [drillDays] in await BackupDrills(scheduler, every: drillDays).run() }
            group.addTask { [certificateDue] in await CertificateRenewal(scheduler, due: certificateDue).run() }
            group.addTask {
                var runner = await ScheduleRunner(scheduler, schedules)
                await runner.run()
            }
        }
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }
}

/// Has refusals that were counted written down in time, and the last of them when the daemon stops.
struct FoldService: Service {
    let audit: FoldedAudit
    private let time = SystemTimeSource()

    init(audit: FoldedAudit) {
        self.audit = audit
    }

    func run() async {
        await cancelWhenGracefulShutdown { [audit, time] in
            while !Task.isCancelled {
                await time.sleep(until: time.monotonic + .seconds(5))
                await audit.settle()
            }
        }
        await audit.settle(isFinal: true)
    }
}

/// Gives the system back what large bodies of requests took, once they are gone, at most once a second.
///
/// The C library would keep it, as much as was ever in use at the same time.
struct TrimService: Service {
    /// Tells that one is gone.
    let released: AsyncStream<Void>
    private let time = SystemTimeSource()
    // It holds up whoever asks for memory, for some milliseconds: that is no work for the threads of all.
    private let thread = ThreadPool(name: "confd-trim", threads: 1, queueLimit: 1)

    init(released: AsyncStream<Void>) {
        self.released = released
    }

    func run() async throws {
        await cancelWhenGracefulShutdown { [released, thread, time] in
            for await _ in released {
                _ = try? await thread.run { ProcessMemory.trim() }
                await time.sleep(until: time.monotonic + .seconds(1))
            }
        }
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }
}

/// Notices when nodes come and go, so that it can be told since when one is away.
struct MemberService: Service {
    let members: ClusterService

    func run() async {
        await cancelWhenGracefulShutdown { [members] in await members.run() }
        // A node that is alone has nobody to notice, and a service that ends stops the daemon.
        try? await gracefulShutdown()
    }
}
