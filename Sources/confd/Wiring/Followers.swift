import Access
import EXAConf
import Gateway
import JobEngine
import Logging
import NodeAgent
import ServiceLifecycle
import Synchronization
import UnixSignals

/// Keeps the TLS identity of new connections in step with `[SSL]` and its files.
struct TLSFollower: RevisionObserver {
    let contexts: TLSContexts
    let root: InstallationRoot
    let logger: Logger
    private let document = Latest()

    func configurationChanged(to document: Document, revision: Int) async {
        self.document.value.withLock { $0 = document }
        reload()
    }

    /// Reads the files again; what cannot be used is refused and the identity stays as it is.
    func reload() {
        guard let document = document.value.withLock({ $0 }) else { return }
        do {
            try contexts.replace(with: try TLSFiles(document, root).identity())
        } catch {
            logger.error("TLS identity kept", metadata: ["cause": "\(error)"])
        }
    }

    private final class Latest: Sendable {
        let value = Mutex<Document?>(nil)
    }
}

/// Forgets verified passwords when users or groups change.
final class LoginFollower: RevisionObserver {
    private let state = Mutex<(logins: LoginService?, accounts: [Section?])>((nil, []))

    /// Names the service to be told; it is made after the scheduler it asks.
    func set(_ logins: LoginService) {
        state.withLock { $0.logins = logins }
    }

    func configurationChanged(to document: Document, revision: Int) async {
        let accounts = [document.section(at: .users), document.section(at: .groups)]
        let logins = state.withLock { state in
            defer { state.accounts = accounts }
            return state.accounts == accounts ? nil : state.logins
        }
        logins?.drop()
    }
}

/// The scheduler as a service: on shutdown it takes nothing new and lets what runs end its step.
struct SchedulerService: Service {
    let scheduler: JobScheduler

    func run() async {
        await withGracefulShutdownHandler {
            await scheduler.run()
        } onGracefulShutdown: {
            // Owned by the shutdown: `run` above returns when it has drained.
            Task { await scheduler.drain() }
        }
    }
}

/// Reads certificates again on SIGHUP.
struct ReloadService: Service {
    let tls: TLSFollower

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() { tls.reload() }
    }
}
