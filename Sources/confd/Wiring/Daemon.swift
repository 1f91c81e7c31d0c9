import Access
import Application
import AuditExport
import BucketFS
import EXAConf
import EtcdStore
import Foundation
import Gateway
import HTTPServer
import Hummingbird
import JobEngine
import Jobs
import Logging
import NIOCore
import NodeAgent
import PAMAuthenticator
import PeerLink
import SQLiteStore
import ServiceLifecycle
import UnixSignals
import Values

/// Every part of the daemon, put together: stores, engine, access, gateway.
struct Daemon {
    private let settings: DaemonSettings
    private let installation: Installation
    private let logger: Logger

    init(_ settings: DaemonSettings, _ installation: Installation) {
        self.settings = settings
        self.installation = installation
        logger = settings.makeLogger()
        for (spelling, place) in settings.obsolete {
            logger.warning(
                "a setting of an earlier version has no effect any more; take it out: '\(spelling)' in \(place)")
        }
        if !settings.unknownVariables.isEmpty {
            logger.warning(
                "no settings, so without effect: \(settings.unknownVariables.joined(separator: ", ")) in the environment"
            )
        }
    }

    /// The store of an installation.
    ///
    /// - Throws: ``Failure`` naming the file and the cure.
    static func openStore(
        _ installation: Installation, _ logger: Logger, probe: (any CommitProbe)? = nil
    ) throws(Failure) -> SQLiteFile {
        do throws(StoreError) {
            return try SQLiteFile.open(
                folder: installation.storeDirectory, log: logger, probe: probe, hasReserve: probe != nil)
        } catch {
            throw Failure("\(error)", .ioError)
        }
    }

    /// Serves until it is told to stop.
    ///
    /// Services start in the order they need one another and stop in reverse: first nothing new is accepted.
    func run() async throws {
        let local = try settings.localSocket()
        tell(changedModes: try installation.makeFolders(socketGroup: local?.groupID))
        let lock = try InstallationLock(installation)
        defer { lock.release() }
        let metrics = DaemonMetrics()
        let file = try Self.openStore(installation, logger, probe: CommitMeter(metrics: metrics))
        defer { close(file) }
        let former = LeftCluster(installation, SQLiteStore(file))
        try await former.settle()
        try await serve(file, lock: lock, metrics: metrics, local: local)
        // A node that has left is one of its own when its daemon has ended.
        try await former.settle()
    }

    private func serve(
        _ file: SQLiteFile, lock: InstallationLock, metrics: DaemonMetrics, local: LocalSocket?
    ) async throws {
        guard let link = try NodeLink.member(of: installation, SQLiteStore(file), logger) else {
            return try await serve(file, lock: lock, metrics: metrics, socket: local)
        }
        let etcd: NodeEtcd
        do throws(Failure) {
            etcd = try NodeEtcd(link.identity, settings: settings, logger: logger)
        } catch {
            await link.caller.close()
            throw error
        }
        let outcome: Result<Void, any Error>
        do {
            try await RemovedNode(link).require()
            let join = NodeJoin(link, logger)
            try await join.begin()
            outcome = .success(
                try await serve(file, lock: lock, metrics: metrics, socket: local, in: (link, etcd), after: join))
        } catch {
            outcome = .failure(error)
        }
        // Whatever kept it from serving: the library holds clients until they are closed.
        await etcd.client.close()
        await link.caller.close()
        try outcome.get()
    }

    /// - Parameters:
    ///   - member: Who this node is in the cluster it takes part in, and its etcd; `nil` for a node alone.
    ///   - join: By which it came to be a member.
    private func serve(
        _ file: SQLiteFile, lock: InstallationLock, metrics: DaemonMetrics, socket local: LocalSocket?,
        in member: (link: NodeLink, etcd: NodeEtcd)? = nil, after join: NodeJoin? = nil
    ) async throws {
        let document = try await configurationInForce(SQLiteStore(file))
        let listening = ListenCheck(settings, document)
        try listening.require()
        let node = try member?.link.node(in: document) ?? identity(in: document)
        let apiPort = settings[\.port] ?? document.global.xmlRPCPort
        var log: NodeLog?
        if let member { log = try await NodeLog(member.link, etcd: member.etcd, settings: settings, port: apiPort) }
        try installation.makeCertificate(for: document, node: node)
        if settings[\.pamDirectory] == nil { try installation.writePAMFile(service: settings[\.pamService]) }
        let trail = SQLiteAudit(file)
        let exporter = AuditExporter(settings, from: trail, logger)
        await exporter?.begin()
        metrics.follow(exporter)
        let folded = FoldedAudit(trail, time: SystemTimeSource()), audit = MeteredAudit(folded, metrics)
        let engine = try await Engine(
            settings, installation: installation, document: document, node: node, store: file, metrics: metrics,
            log: log, audit: audit, logger: logger)
        metrics.follow(engine, file)
        let stores = LoginStores(file)
        let access = engine.access(audit: audit, sessions: stores.sessions, tokens: stores.tokens)
        let life = ClusterLife(engine, stores: stores, logger: logger)
        let makeChannel = { @Sendable [logger, settings] (log: NodeLog) in
            NodeChannel(
                log, file: file, agent: engine.runner.own, scheduler: engine.scheduler,
                idleLimit: settings.loginPolicy.sessionIdleLimit, levelDelay: settings.levelDelay,
                board: engine.health, audit: audit, logger: logger)
        }
        if let log {
            let isOnItsWay = join.map { !$0.isOver } ?? false
            await life.take(
                ClusterLife.Parts(log: log, channel: makeChannel(log), join: isOnItsWay ? join : nil), access)
            life.carry(log.ownEtcd)
        }
        try await engine.start(access, audit: audit)
        let founding = Founding(settings: settings, installation: installation, life: life) {
            [settings] link, etcd async throws(Failure) in
            let log = try await NodeLog(link, etcd: etcd, settings: settings, port: apiPort)
            return ClusterLife.Parts(log: log, channel: makeChannel(log), join: nil)
        }
        let membership = NodeMembership(engine, life) {
            try await founding.run(engine, node: node) { await life.take($0, access) }
        }
        let keeping = settings.retention(on: installation.storeDirectory)
        let room = StoreGauge(
            space: StoreSpace(installation.storeDirectory), file: file, trail: trail, audit: folded,
            historyLimit: keeping.bytes)
        let gateway = engine.gateway(
            access, audit: audit, trail: trail, peers: AuditInForce(life: life), exporter: exporter, room: room,
            membership: membership, answers: AnswersInForce(life: life))
        let port = settings[\.port] ?? engine.scheduler.configuration.document.global.xmlRPCPort
        let listeners = listeners(gateway, engine, at: port, socket: local) { life.serves($0) }
        let retention = AuditRetention(trail, settings.auditKeeping, time: SystemTimeSource())
        let parts = engine.services(
            settings, serving: gateway.services, in: life, lock: lock,
            retention: Retention(engine.scheduler, archive: stores.archive, policy: keeping),
            memory: SQLiteFindings(file), audit: audit)
        try await serve(
            listening,
            AuditServices.all(exporter, folded, archiving: retention) + parts + listeners
                + [DrainService(scheduler: engine.scheduler)])
    }

    /// Where clients are answered.
    ///
    /// - Parameter serves: Told the address, once all of it is open.
    private func listeners(
        _ gateway: Gateway, _ engine: Engine, at port: Int, socket local: LocalSocket?,
        serves: @escaping @Sendable (String) -> Void
    ) -> [any Service] {
        let listener = ListenerConfiguration(
            address: settings[\.bindAddress], port: port, limits: settings.connectionLimits,
            proxies: settings.proxies, faults: ProblemRenderer())
        let responder = gateway.makeRouter().buildResponder()
        let (opened, open) = AsyncStream<Void>.makeStream()
        let server = HTTPListener(
            responder: responder, contexts: engine.contexts, configuration: listener, logger: logger,
            onListening: { [logger] address in
                // Ready is said when all is open, and not when the daemon ends before.
                for await _ in opened {}
                if Task.isCancelled { return }
                serves(Self.url(address))
                Self.announce(address, logger)
            })
        guard let local else {
            open.finish()
            return [server]
        }
        return [
            HTTPListener(
                responder: responder, socket: local, configuration: listener, logger: logger,
                onListening: { open.finish() }), server,
        ]
    }

    /// Says in a line each what the operator does not see otherwise.
    private func tell(changedModes paths: [String]) {
        if !paths.isEmpty {
            logger.notice(
                "modes set, so that databases, file services and jobs reach what is theirs and nobody else does",
                metadata: ["paths": "\(paths.joined(separator: " "))"])
        }
        if let obstacle = AccountCheck(settings, installation).obstacleOfDatabases {
            logger.warning("databases cannot be run here", metadata: ["cause": "\(obstacle)"])
        }
        if !settings.hasPages {
            logger.warning(
                "no status page: \(settings.pagesDirectory) has no index.html; the setting 'http.pages' names its folder"
            )
        }
    }

    private func serve(_ listening: ListenCheck, _ services: [any Service]) async throws {
        var configuration = ServiceGroupConfiguration(
            services: services.map { service in
                // It alone ends before it is told to, and then all do, in order.
                let end: ServiceGroupConfiguration.ServiceConfiguration.TerminationBehavior =
                    service is ClusterEnd ? .gracefullyShutdownGroup : .cancelGroup
                return ServiceGroupConfiguration.ServiceConfiguration(
                    service: service, successTerminationBehavior: end, failureTerminationBehavior: end)
            },
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(settings[\.shutdownSeconds])
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch let error as IOError {
            throw listening.failure(error)
        }
    }

    /// What the daemon starts with: the decided revision, or a file that becomes one. A file that cannot be used keeps
    /// nobody out as long as there is a revision.
    private func configurationInForce(_ store: SQLiteStore) async throws(Failure) -> Document {
        let head: RevisionRecord?
        do throws(StoreError) {
            head = try await store.open().head
        } catch {
            throw Failure("\(error)", .ioError)
        }
        return try installation.settled(beside: head).document
    }

    private func close(_ file: SQLiteFile) {
        do throws(StoreError) {
            try file.close()
        } catch {
            logger.warning("store not closed cleanly", metadata: ["cause": "\(error)"])
        }
    }

    private func identity(in document: Document) throws(Failure) -> Int {
        do throws(InstallError) {
            let identity = try NodeIdentity.find(in: document, root: installation.root, setting: settings[\.nodeID])
            if let note = identity.note { logger.warning("node found", metadata: ["note": "\(note)"]) }
            return identity.node
        } catch {
            throw Failure(error.description, .badData)
        }
    }

    private static func url(_ address: SocketAddress) -> String {
        let host = address.ipAddress ?? "127.0.0.1"
        let shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        return "https://\(shown):\(address.port ?? 0)"
    }

    private static func announce(_ address: SocketAddress, _ logger: Logger) {
        if let reason = StandardOutput.announce("ready \(url(address))\n") {
            logger.warning("that the daemon is ready cannot be told on standard output: \(reason)")
        }
    }
}
