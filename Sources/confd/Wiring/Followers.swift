import Access
import BucketFS
import Certificates
import EXAConf
import FoundationEssentials
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
    let files: BucketFileServer
    let root: InstallationRoot
    let logger: Logger
    private let document = Latest<Document>()
    private let latest = Latest<TLSIdentity>()
    private let fault = Latest<String>()

    init(
        _ first: FirstIdentity, _ contexts: TLSContexts, _ files: BucketFileServer, _ root: InstallationRoot,
        _ logger: Logger
    ) {
        self.contexts = contexts
        self.files = files
        self.root = root
        self.logger = logger
        fault.value.withLock { $0 = first.complaint }
        if let complaint = first.complaint {
            logger.error("TLS files of EXAConf are not served", metadata: ["cause": "\(complaint)"])
        } else {
            latest.value.withLock { $0 = first.identity }
            keep(first.identity)
        }
        files.use(contexts.material)
    }

    /// What new connections are shown, for those who ask how the node is: it serves in any case.
    var check: ReadinessChecks.Check {
        let end = contexts.notValidAfter.ISO8601Format()
        let detail = fault.value.withLock { $0 } ?? "certificate until \(end)"
        return ReadinessChecks.Check(name: "tls", isReady: true, detail: detail)
    }

    func configurationChanged(to document: Document, revision: Int) async {
        self.document.value.withLock { $0 = document }
        reload()
    }

    /// Reads the files again; what cannot be used is refused and the identity stays as it is.
    func reload() {
        guard let document = document.value.withLock({ $0 }) else { return }
        let named = TLSFiles(document, root)
        do throws(Failure) {
            let identity = try named.identity()
            // Most revisions leave certificates alone, and making a context of them is dear.
            guard latest.value.withLock({ $0 != identity }) else { return fault.value.withLock { $0 = nil } }
            do throws(CertificateError) {
                try contexts.replace(with: identity)
            } catch {
                throw named.failure(error)
            }
            files.use(contexts.material)
            latest.value.withLock { $0 = identity }
            fault.value.withLock { $0 = nil }
            keep(identity)
        } catch {
            fault.value.withLock { $0 = "\(error.description) The former identity goes on." }
            logger.error("TLS identity kept", metadata: ["cause": "\(error)"])
        }
    }

    private func keep(_ identity: TLSIdentity) {
        do throws(InstallError) {
            try KeptIdentity(root).keep(identity)
        } catch {
            logger.warning("TLS identity not kept for later starts", metadata: ["cause": "\(error.description)"])
        }
    }

    private final class Latest<Content: Sendable>: Sendable {
        let value = Mutex<Content?>(nil)
    }
}

/// Forgets verified passwords when users or groups change, and failures of users who have a new password.
final class LoginFollower: RevisionObserver {
    private let state = Mutex<(logins: LoginService?, accounts: [Section?], passwords: [String: String])>(
        (nil, [], [:]))

    /// Names the service to be told; it is made after the scheduler it asks, and knows the users of this document.
    func set(_ logins: LoginService, _ document: Document) {
        state.withLock { $0 = (logins, Self.accounts(of: document), Self.passwords(of: document)) }
    }

    func configurationChanged(to document: Document, revision: Int) async {
        let (accounts, passwords) = (Self.accounts(of: document), Self.passwords(of: document))
        let (logins, former) = state.withLock { state in
            defer { (state.accounts, state.passwords) = (accounts, passwords) }
            return (state.accounts == accounts ? nil : state.logins, state.passwords)
        }
        guard let logins else { return }
        logins.drop()
        for (name, password) in passwords where former[name] != password { await logins.forgive(user: name) }
    }

    private static func accounts(of document: Document) -> [Section?] {
        [document.section(at: .users), document.section(at: .groups)]
    }

    private static func passwords(of document: Document) -> [String: String] {
        Dictionary(document.users.map { ($0.name, $0.passwordHash ?? "") }) { first, _ in first }
    }
}

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

/// Reads certificates and the jobs of `jobs.d` again on SIGHUP, and asks anew who may come in.
struct ReloadService: Service {
    let engine: Engine
    let logins: LoginService
    let lock: InstallationLock
    let logger: Logger

    func run() async {
        for await _ in await UnixSignalsSequence(trapping: .sighup).cancelOnGracefulShutdown() {
            engine.tls.reload()
            engine.reloadJobs(logger)
            logins.drop()
            lock.noteReload()
        }
    }
}
