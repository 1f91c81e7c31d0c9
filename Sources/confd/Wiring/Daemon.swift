import Access
import Application
import AuditExport
import BucketFS
import EXAConf
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
        let document = try await configurationInForce(SQLiteStore(file))
        let listening = ListenCheck(settings, document)
        try listening.require()
        let node = try identity(in: document)
        try installation.makeCertificate(for: document, node: node)
        if settings[\.pamDirectory] == nil { try installation.writePAMFile(service: settings[\.pamService]) }
        let trail = SQLiteAudit(file)
        let exporter = AuditExporter(settings, from: trail, logger)
        await exporter?.begin()
        metrics.follow(exporter)
        let folded = FoldedAudit(trail, time: SystemTimeSource())
        let audit = MeteredAudit(folded, metrics)
        let engine = try await Engine(
            settings, installation: installation, document: document, node: node, store: file, metrics: metrics,
            audit: audit, logger: logger)
        metrics.follow(engine, file)
        let access = engine.access(audit: audit, sessions: SQLiteSessions(file), tokens: SQLiteTokens(file))
        try await engine.start(access, audit: audit)
        let keeping = settings.retention(on: installation.storeDirectory)
        let room = StoreGauge(
            space: StoreSpace(installation.storeDirectory), file: file, trail: trail, audit: folded,
            historyLimit: keeping.bytes)
        let gateway = engine.gateway(access, audit: audit, trail: trail, exporter: exporter, room: room)
        let port = settings[\.port] ?? engine.scheduler.configuration.document.global.xmlRPCPort
        let listener = ListenerConfiguration(
            address: settings[\.bindAddress], port: port, limits: settings.connectionLimits,
            proxies: settings.proxies, faults: ProblemRenderer())
        let responder = gateway.makeRouter().buildResponder()
        let (opened, open) = AsyncStream<Void>.makeStream()
        let server = HTTPListener(
            responder: responder, contexts: engine.contexts, configuration: listener, logger: logger,
            onListening: { address in
                // Ready is said when all is open, and not when the daemon ends before.
                for await _ in opened {}
                if !Task.isCancelled { Self.announce(address, logger) }
            })
        let servers = local.map {
            [
                HTTPListener(
                    responder: responder, socket: $0, configuration: listener, logger: logger,
                    onListening: { open.finish() })
            ]
        }
        if servers == nil { open.finish() }
        let retention = AuditRetention(trail, settings.auditKeeping, time: SystemTimeSource())
        let parts: [any Service] = [
            TrimService(released: engine.released),
            DatabaseService(
                watch: engine.databases, scheduler: engine.scheduler, audit: audit, time: SystemTimeSource(),
                startsAgain: settings.restartsDatabases),
            SchedulerService(scheduler: engine.scheduler), engine.files,
            ScheduleService(
                scheduler: engine.scheduler, schedules: engine.schedules, isEnabled: settings[\.hasSchedules],
                certificateDue: engine.certificateDue,
                retention: Retention(engine.scheduler, archive: SQLiteStore(file), policy: keeping)),
            ReloadService(scheduler: engine.scheduler, lock: lock),
            RevocationService(scheduler: engine.scheduler, identity: engine.identity),
            CallbackService(callbacks: gateway.services.callbacks, logger: logger),
            MemberService(members: gateway.services.members),
        ]
        let endpoints: [any Service] =
            (servers ?? []) + [server, DrainService(scheduler: engine.scheduler)]
        try await serve(
            listening, AuditServices.all(exporter, folded, archiving: retention) + parts + endpoints)
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
            services: services.map { ServiceGroupConfiguration.ServiceConfiguration(service: $0) },
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

    private static func announce(_ address: SocketAddress, _ logger: Logger) {
        let host = address.ipAddress ?? "127.0.0.1"
        let shown = host == "0.0.0.0" || host == "::" ? "127.0.0.1" : host.contains(":") ? "[\(host)]" : host
        if let reason = StandardOutput.announce("ready https://\(shown):\(address.port ?? 0)\n") {
            logger.warning("that the daemon is ready cannot be told on standard output: \(reason)")
        }
    }
}
