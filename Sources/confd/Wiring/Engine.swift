import Access
import Application
import AuditExport
import BucketFS
import Certificates
import EXAConf
import Foundation
import Gateway
import Glibc
import HTTPServer
import JobEngine
import Jobs
import LegacyRPC
import Logging
import NodeAgent
import Notifications
import PAMAuthenticator
import RESTAPI
import SQLiteStore
import StatusPage
import Values

/// The scheduler with what it stands on.
struct Engine {
    let scheduler: JobScheduler
    let cluster: ClusterInForce
    let runner: RunnerInForce
    let store: SQLiteStore
    let contexts: TLSContexts
    let files: BucketFileServer
    let metrics: DaemonMetrics
    let databases: DatabaseWatch
    let schedules = Schedules()
    let backups = KnownBackups()
    /// What is known of the state of the cluster.
    let health: HealthBoard
    /// The figures of this node over time.
    let series: SeriesBoard
    let identity: ServedIdentity
    let agent: NodeAgent
    let accounts: NodeAccounts?
    let plugins: PluginJobs
    let notifier: Notifier
    /// Counts guesses at passwords of buckets.
    let passwords: PasswordGuard
    /// Tells when memory of large bodies is free again.
    let released: AsyncStream<Void>
    let settings: DaemonSettings
    let logger: Logger
    let time = SystemTimeSource()
    let installation: Installation
    private let memory: BodyMemory

    /// Makes everything and starts nothing: that is ``start(_:audit:)``.
    ///
    /// - Parameter log: That of the cluster the node takes part in; `nil` for a node alone.
    /// - Throws: ``Failure`` when there is no usable certificate.
    init(
        _ settings: DaemonSettings, installation: Installation, document: Document, node: Int, store: SQLiteFile,
        metrics: DaemonMetrics, log: NodeLog? = nil, audit: any AuditLog, logger: Logger
    ) async throws(Failure) {
        self.metrics = metrics
        self.store = SQLiteStore(store)
        self.settings = settings
        self.installation = installation
        self.logger = logger
        plugins = PluginJobs(
            installation.root, own: settings[\.managesAccounts] ? JobCatalogue.confd.checkingAccounts : .confd)
        let alone = SingleNodeCluster(
            node: node, document: document,
            booted: Machine.bootTime() ?? Timestamp(milliseconds: Int(time.now)))
        cluster = ClusterInForce(alone)
        health = HealthBoard(node: node, settings.findingThresholds)
        series = SeriesBoard(node: node)
        if let log { cluster.use(log.cluster) }
        let revocations = RevocationFile(settings)
        let first = try TLSFiles(document, installation.root, revocations: revocations)
            .firstIdentity(KeptIdentity(installation.root))
        contexts = try Self.contexts(first.identity)
        passwords = PasswordGuard(policy: settings.loginPolicy.lockout, audit: audit, time: time)
        let (released, release) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
        self.released = released
        memory = BodyMemory(settings.memoryLimits, time: time) { release.yield() }
        files = BucketFileServer(
            settings, besidePort: settings[\.port] ?? document.global.xmlRPCPort, contexts: contexts,
            passwords: passwords, time: time, logger: logger)
        identity = ServedIdentity(
            first, contexts, root: installation.root, revocations: revocations, renews: settings.renewsCertificates,
            logger: logger)
        let database = DatabaseEngine(
            path: settings.enginePath, user: settings[\.engineUser], sysIsSuperuser: settings[\.sysIsSuperuser])
        let archives = ArchiveAccounts(database, user: settings[\.archiveUser])
        databases = DatabaseWatch(database, root: installation.root, time: time, logger: logger)
        accounts = try Self.accounts(settings, installation: installation, time: time, logger: logger)
        let pseudonymiser = SQLitePseudonymiser(store)
        notifier = try Notifier(settings, installation.root, on: cluster, logger: logger)
        agent = NodeAgent(
            node: node, root: installation.root, time: time, logger: logger,
            handlers: CommandHandler.builtIn + CommandHandler.databases(databases, archives) + Self.outside(settings)
                + CommandHandler.collecting(
                    store: SQLiteStore(store), trail: SQLiteAudit(store), buckets: files, accounts: archives)
                + [CommandHandler.pseudonymising(pseudonymiser)] + CommandHandler.notifying(notifier),
            accounts: accounts)
        var limits = SchedulerSettings()
        limits.queueLimit = settings[\.queueLimit]
        limits.policy = settings.policy
        runner = RunnerInForce(MeteredRunner(agent, metrics, time: time))
        let ground = log?.ground { MeteredStore($0, metrics) }
        scheduler = JobScheduler(
            catalogue: plugins.catalogue(edition: 1, logger),
            store: ground?.store ?? MeteredStore(SQLiteStore(store), metrics), runner: runner,
            cluster: ground?.cluster ?? alone, feed: ground?.feed, time: time,
            settings: limits, room: StoreSpace(installation.storeDirectory),
            users: AccountDirectory(RememberedAccounts(SystemDirectory(), time: time)), logger: logger)
        pseudonymiser.whenReplaced { [scheduler] in scheduler.forgetEndedJobs() }
        await databases.askHistory { [scheduler] name in await scheduler.hasMade(database: name) }
    }

    /// Settles the configuration, brings this node to it, and takes up the jobs that had not ended.
    ///
    /// - Throws: ``Failure`` when there is no usable configuration or store.
    func start(_ logins: LoginService, audit: any AuditLog) async throws(Failure) {
        do throws(JobError) {
            try await scheduler.start(reconcilers(logins, audit))
        } catch {
            throw Failure(error)
        }
    }

    /// A store whose times are in the metrics.
    func metered(_ store: any Store) -> any Store { MeteredStore(store, metrics) }

    /// What makes accounts of this machine follow the configuration, where the operator wants it.
    private static func accounts(
        _ settings: DaemonSettings, installation: Installation, time: any TimeSource, logger: Logger
    ) throws(Failure) -> NodeAccounts? {
        guard settings[\.managesAccounts] else { return nil }
        guard geteuid() == 0 else {
            throw Failure(
                "The setting 'accounts.manage' needs root: run the daemon as root, or take the setting back.",
                .badSettings)
        }
        // As a service's unit may have it; programs would only say that they cannot lock a file.
        let isReadOnly = { (folder: String) in Glibc.access(folder, W_OK) != 0 && errno == EROFS }
        if let folder = ["/etc", "/home"].first(where: isReadOnly) {
            throw Failure(
                "The setting 'accounts.manage' needs \(folder), which the daemon cannot write: give its unit "
                    + "'ReadWritePaths=/etc /home' (systemctl edit confd), or take the setting back.", .badSettings)
        }
        return NodeAccounts(root: installation.root, time: time, logger: logger)
    }

    /// What other executables do for us.
    private static func outside(_ settings: DaemonSettings) -> [CommandHandler] {
        CommandHandler.infrastructure(.provider(settings[\.providerPath]))
            + CommandHandler.monitoring(.exporter(settings[\.monitoringPath]))
    }

    private static func contexts(_ identity: TLSIdentity) throws(Failure) -> TLSContexts {
        do throws(CertificateError) {
            return try TLSContexts(identity: identity)
        } catch {
            throw Failure("The TLS files named in [SSL] of EXAConf cannot be used: \(error.message)", .badData)
        }
    }

    /// Who may come in: PAM over the system's accounts and the users of the current configuration.
    func access(audit: any AuditLog, sessions: any SessionStore, tokens: any TokenStore) -> LoginService {
        var conversations = PAMAuthenticator.Conversations()
        conversations.patience = settings.loginPolicy.challengePatience
        let authenticator = PAMAuthenticator(
            service: settings[\.pamService], confdir: settings[\.pamDirectory] ?? installation.pamDirectory,
            conversations: conversations)
        // Where they are to be looked at, what came from a certificate does not outlive them.
        let looksAtRevocations = settings[\.certificateRevocations] != nil
        let logins = LoginService(
            authenticator: MeteredAuthenticator(authenticator, metrics, time: time), directory: directory,
            sessions: sessions, tokens: tokens, audit: audit,
            time: time, policy: settings.loginPolicy,
            certificateRefusal: { [contexts] in looksAtRevocations ? contexts.refusal(of: $0) : nil },
            passwords: passwords)
        contexts.onReplacement { [weak logins] in logins?.drop() }
        return logins
    }

    /// Tells the certificate connections are shown by its fingerprint, when the daemon made it for itself and it is time
    /// for another one.
    var certificateDue: @Sendable () -> String? {
        let renews = settings.renewsCertificates
        return { [contexts] in
            let leaf = contexts.material.chain.leaf
            return renews && leaf.isMadeByDaemon && leaf.isRenewalDue(at: Date()) ? leaf.fingerprint : nil
        }
    }

    private var directory: ClusterDirectory {
        let scheduler = scheduler
        return ClusterDirectory(
            accounts: SystemDirectory(),
            user: { name in scheduler.configuration.document.clusterUser(name) },
            groupNames: { scheduler.configuration.document.groupNames },
            token: { scheduler.configuration.document.global.authenticationToken },
            revision: { scheduler.configuration.revision })
    }

    /// The HTTP API over this engine.
    func gateway(
        _ access: LoginService, audit: any AuditLog, trail: any AuditTrail, peers: any AuditPeers,
        exporter: AuditExporter?, room: StoreGauge, membership: any ClusterMembership,
        answers: any CommandAnswers
    ) -> Gateway {
        var gatewaySettings = GatewaySettings()
        gatewaySettings.port = settings[\.port] ?? scheduler.configuration.document.global.xmlRPCPort
        gatewaySettings.version = Version.text
        gatewaySettings.allowedOrigins = Set(settings[\.allowedOrigins])
        gatewaySettings.hasOpenMetrics = settings[\.hasOpenMetrics]
        gatewaySettings.streamsPerUser = settings[\.streamsPerUser]
        gatewaySettings.hasProxies = !settings[\.trustedProxies].isEmpty
        let services = GatewayServices(
            scheduler: scheduler, logins: access, audit: audit, cluster: cluster, time: time,
            readiness: readiness(exporter, room), liveness: .eventLoops, metrics: metrics, trail: trail,
            auditPeers: peers, pages: StaticPages(directory: settings.pagesDirectory),
            documents: StaticPages(directory: settings.documentsDirectory), settings: gatewaySettings,
            limiter: RateLimiter(settings.rateLimits), memory: memory, membership: membership,
            answers: answers, board: health, series: series, backups: backups,
            room: { await room.measure() }, certificate: { [contexts] in Array(contexts.material.chain.pem.utf8) })
        var gateway = Gateway(services, serving: RESTAPI.resources(services))
        gateway.mount(XMLRPCEndpoint(services))
        gateway.mount(JSONRPCEndpoint(services))
        return gateway
    }

    private func readiness(_ exporter: AuditExporter?, _ room: StoreGauge) -> ReadinessChecks {
        let (scheduler, memory, cluster) = (scheduler, memory, cluster)
        return ReadinessChecks {
            let configuration = scheduler.configuration
            let isComing = cluster.status.isElected && scheduler.isComingBack
            let export = exporter.map { [$0.check] } ?? []
            let own = [
                ReadinessChecks.Check(
                    name: "configuration",
                    isReady: configuration.revision > 0 && configuration.unread == nil && !isComing,
                    detail: (configuration.unread ?? configuration.obstacle)?.message
                        ?? "revision \(configuration.revision)"
                        + (isComing ? " or its files are not in their places yet" : "")),
                ReadinessChecks.Check(name: "store", isReady: await scheduler.storeAnswers, detail: "job store"),
            ]
            let bounds = await room.measure().checks + [scheduler.looksCheck, memory.check]
            return own + bounds + cluster.checks + export + scheduler.reconcilers.statuses.map(\.check)
        }
    }
}
