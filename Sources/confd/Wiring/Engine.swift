import Access
import BucketFS
import Certificates
import EXAConf
import Foundation
import Gateway
import Glibc
import JobEngine
import Jobs
import Logging
import NodeAgent
import PAMAuthenticator
import SQLiteStore

/// The scheduler with what it stands on, started.
struct Engine {
    let scheduler: JobScheduler
    let cluster: SingleNodeCluster
    let contexts: TLSContexts
    let tls: TLSFollower
    let logins: LoginFollower
    let files: BucketFileServer
    let metrics: DaemonMetrics
    let databases: DatabaseWatch
    private let plugins: PluginJobs
    private let settings: DaemonSettings
    private let installation: Installation
    private let time = SystemTimeSource()

    /// Settles the configuration and takes up the jobs that had not ended.
    ///
    /// - Throws: ``Failure`` when there is no usable configuration, certificate or store.
    init(
        _ settings: DaemonSettings, _ installation: Installation, _ document: Document, node: Int, store: SQLiteFile,
        _ metrics: DaemonMetrics, _ logger: Logger
    ) async throws(Failure) {
        self.metrics = metrics
        self.settings = settings
        self.installation = installation
        plugins = PluginJobs(
            installation.root, own: settings.managesAccounts ? JobCatalogue.confd.checkingAccounts : .confd)
        let cluster = SingleNodeCluster(
            node: node, document: document,
            booted: Machine.bootTime() ?? Timestamp(milliseconds: Int(time.now)))
        self.cluster = cluster
        let first = try TLSFiles(document, installation.root).firstIdentity(KeptIdentity(installation.root))
        contexts = try Self.contexts(first.identity)
        files = BucketFileServer(settings, time: time, logger: logger)
        tls = TLSFollower(first, contexts, files, installation.root, logger)
        logins = LoginFollower()
        let findings = FindingFollower(settings.placeRoots, logger)
        databases = DatabaseWatch(
            DatabaseEngine(
                path: settings.enginePath, user: settings.engineUser, sysIsSuperuser: settings.sysIsSuperuser),
            root: installation.root, time: time,
            logger: logger)
        let accounts = try Self.accounts(settings, installation, time, logger)
        let agent = NodeAgent(
            node: node, root: installation.root, time: time, logger: logger,
            actions: NodeActions.all + NodeActions.databases(databases) + Self.outside(settings)
                + NodeActions.collecting(store: SQLiteStore(store), trail: SQLiteAudit(store)),
            accounts: accounts,
            installed: { cluster.follow($0) })
        var limits = SchedulerSettings()
        limits.queueLimit = settings.queueLimit
        limits.policy = settings.policy
        scheduler = JobScheduler(
            catalogue: plugins.catalogue(edition: 1, logger), store: MeteredStore(SQLiteStore(store), metrics),
            runner: MeteredRunner(agent, metrics, time: time), cluster: cluster, time: time,
            settings: limits, observers: [tls, logins, files, findings], logger: logger)
        await databases.askHistory { [scheduler] name in await scheduler.hasMade(database: name) }
        do throws(JobError) {
            try await scheduler.start()
        } catch {
            throw Failure(error)
        }
        // Observers hear of new revisions; these have to know the present one, too.
        let present = scheduler.configuration
        for observer in [tls, files, findings] as [any RevisionObserver] {
            await observer.configurationChanged(to: present.document, revision: present.revision)
        }
        // Revisions may have passed while the daemon was away, or it was killed in the middle.
        await accounts?.follow(present.document)
    }

    /// Serves what is in `jobs.d` now.
    func reloadJobs(_ logger: Logger) {
        scheduler.serve(plugins.catalogue(edition: scheduler.catalogue.edition + 1, logger))
    }

    /// What makes accounts of this machine follow the configuration, where the operator wants it.
    private static func accounts(
        _ settings: DaemonSettings, _ installation: Installation, _ time: any TimeSource, _ logger: Logger
    ) throws(Failure) -> NodeAccounts? {
        guard settings.managesAccounts else { return nil }
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
    private static func outside(_ settings: DaemonSettings) -> [any NodeAction] {
        NodeActions.infrastructure(.provider(settings.providerPath))
            + NodeActions.monitoring(.exporter(settings.monitoringPath))
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
            service: settings.pamService, confdir: settings.pamDirectory ?? installation.pamDirectory,
            conversations: conversations)
        return LoginService(
            authenticator: MeteredAuthenticator(authenticator, metrics, time: time), directory: directory,
            sessions: sessions, tokens: tokens, audit: audit,
            time: time, policy: settings.loginPolicy)
    }

    private var directory: ClusterDirectory {
        let scheduler = scheduler
        return ClusterDirectory(
            accounts: SystemDirectory(),
            user: { name in scheduler.configuration.document.clusterUser(name) },
            groupNames: { Set(scheduler.configuration.document.groups.map(\.name)) },
            token: { scheduler.configuration.document.global.authenticationToken })
    }

    /// The HTTP face over this engine.
    func gateway(_ access: LoginService, audit: any AuditLog, trail: any AuditTrail) -> Gateway {
        var gatewaySettings = GatewaySettings()
        gatewaySettings.port = settings.port ?? scheduler.configuration.document.global.xmlRPCPort
        gatewaySettings.version = Version.text
        gatewaySettings.allowedOrigins = settings.allowedOrigins
        gatewaySettings.hasOpenMetrics = settings.hasOpenMetrics
        gatewaySettings.streamsPerUser = settings.streamsPerUser
        let services = GatewayServices(
            scheduler: scheduler, logins: access, audit: audit, cluster: cluster, time: time,
            readiness: readiness, liveness: .eventLoops, metrics: metrics, trail: trail,
            pages: StaticPages(directory: settings.pagesDirectory), settings: gatewaySettings,
            limiter: RateLimiter(settings.rateLimits),
            certificate: { [contexts] in Array(contexts.material.chain.pem.utf8) })
        var gateway = Gateway(services)
        gateway.mount(XMLRPCFace(services))
        gateway.mount(JSONRPCFace(services))
        return gateway
    }

    private var readiness: ReadinessChecks {
        let (scheduler, files, tls) = (scheduler, files, tls)
        let room = StoreRoom(path: installation.storeDirectory)
        return ReadinessChecks {
            let configuration = scheduler.configuration
            return [
                ReadinessChecks.Check(
                    name: "configuration", isReady: configuration.revision > 0,
                    detail: configuration.obstacle?.message ?? "revision \(configuration.revision)"),
                ReadinessChecks.Check(name: "store", isReady: await scheduler.storeAnswers, detail: "job store"),
                files.check, tls.check, room.check,
            ]
        }
    }
}

extension Document {
    /// A user of `[Users]` with the groups he is in, `nil` when there is no such user.
    fileprivate func clusterUser(_ name: String) -> ClusterUser? {
        guard let user = users.first(where: { $0.name == name }) else { return nil }
        let names = Set(user.allGroups)
        return ClusterUser(
            name: name, userID: user.id, groupIDs: groups.filter { names.contains($0.name) }.compactMap(\.id),
            groups: names, loginEnabled: user.isLoginEnabled)
    }
}
