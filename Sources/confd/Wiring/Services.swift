import Access
import Gateway
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
