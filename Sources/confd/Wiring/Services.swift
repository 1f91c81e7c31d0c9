import Access
import BucketFS
import Gateway
import HTTPServer
import JobEngine
import Logging
import ServiceLifecycle
import UnixSignals

/// The scheduler as a service: it ends once ``DrainService`` has told it to and what had begun is done.
struct SchedulerService: Service {
    let scheduler: JobScheduler

    func run() async throws {
        await scheduler.run()
        // A service that ends before its turn would take the others down with it.
        try await gracefulShutdown()
    }
}

/// Tells the scheduler to take nothing new and to end every wait; stands last among the services, so that it is the first
/// to stop and no waiting client holds up the listener.
struct DrainService: Service {
    let scheduler: JobScheduler

    func run() async throws {
        try await gracefulShutdown()
        await scheduler.drain()
    }
}

/// Calls those who asked to be called, until the daemon stops.
struct CallbackService: Service {
    let callbacks: Callbacks
    let logger: Logger

    func run() async throws {
        await withGracefulShutdownHandler {
            await callbacks.run(logger: logger)
        } onGracefulShutdown: {
            callbacks.close()
        }
    }
}

/// Has revocations of client certificates read again when their file was replaced: whoever is in it has no login any more.
struct RevocationService: Service {
    let scheduler: JobScheduler
    let identity: ServedIdentity
    private let time = SystemTimeSource()
    private static let pause = Duration.seconds(10)

    init(scheduler: JobScheduler, identity: ServedIdentity) {
        self.scheduler = scheduler
        self.identity = identity
    }

    func run() async {
        await cancelWhenGracefulShutdown { [scheduler, identity, time] in
            while !Task.isCancelled {
                await time.sleep(until: time.monotonic + Self.pause)
                // With everything else, logins look at what lasts of them.
                if await identity.revocationsWereTouched { await scheduler.reconcilers.again() }
            }
        }
    }
}

/// Has everything that follows the configuration look at it again on SIGHUP: certificates, the jobs of `jobs.d`, who may
/// come in.
struct ReloadService: Service {
    let scheduler: JobScheduler
    let lock: InstallationLock

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            await scheduler.reconcilers.again()
            lock.noteReload()
        }
    }
}

extension BucketFileServer {
    /// The file services of an installation, on the address the daemon listens on, but for its port.
    convenience init(
        _ settings: DaemonSettings, besidePort port: Int, contexts: TLSContexts, passwords: PasswordGuard,
        time: any TimeSource, logger: Logger
    ) {
        self.init(
            address: settings[\.bindAddress], daemonPort: port, contexts: contexts, proxies: settings.proxies,
            passwords: passwords, time: time, logger: logger, roots: settings.placeRoots)
    }
}
