package import Access
package import Application
package import JobEngine
package import StatusPage

/// What the HTTP API needs of the rest of the daemon.
package struct GatewayServices: Sendable {
    /// What is asked of jobs.
    package let jobs: JobService
    /// Sessions, tokens and locks.
    package let access: AccessService
    /// Where refused requests and redirects are recorded, and where records are read.
    package let audit: AuditService
    /// What happened, told in one order.
    package let history: HistoryService
    /// Asked by `/livez` and `/readyz`, and by `/is_master` on the master.
    package let health: HealthService
    /// Knows the catalogue, the current configuration and what happens; jobs are asked for by ``jobs``.
    package let scheduler: JobScheduler
    /// Checks credentials and keeps sessions and lockouts; it writes its own audit records.
    package let logins: LoginService
    /// Counts requests without a login, and waits.
    package let limiter: RateLimiter
    /// Lets requests of users in, by turns.
    package let gate: AdmissionGate
    /// Shares out the memory that bodies of requests have.
    package let memory: BodyMemory
    /// Says who the master is, and so which requests are redirected.
    package let cluster: any Cluster
    /// Tells of the nodes; run it beside the server, so that it notices when one goes.
    package let members: ClusterService
    /// How nodes come to the cluster and leave it.
    package let membership: any ClusterMembership
    /// What is known of the state of the cluster, and what is wrong with it.
    package let findings: FindingService
    /// The figures of this node over time.
    package let series: SeriesBoard
    /// Where answers are that are too long for the records of their jobs.
    package let answers: any CommandAnswers
    /// The backups of databases, kept.
    package let backups: KnownBackups
    /// The clock of records and waits; tests move it by hand.
    package let time: any TimeSource
    /// The event streams that are open.
    package let streams: StreamLimiter
    /// Those who asked to be called; run it beside the server.
    package let callbacks: Callbacks
    /// Where everything is counted that `/metrics` tells.
    package let metrics: DaemonMetrics
    /// Served without login; without `index.html` among them the root answers JSON to browsers, too.
    package let pages: StaticPages
    /// The documents as a site, served without login below `/docs`; empty where they are not installed.
    package let documents: StaticPages
    /// Measures what room the store has.
    package let room: @Sendable () async -> StoreRoom
    /// The certificates new connections are shown, in PEM form; empty where there are none.
    package let certificate: @Sendable () -> [UInt8]
    /// Bounds every API keeps, and the port redirects name.
    package let settings: GatewaySettings

    /// Without pages and with default settings where nothing else is given, as tests need it.
    package init(
        scheduler: JobScheduler, logins: LoginService, audit log: any AuditLog, cluster: any Cluster,
        time: any TimeSource, readiness: ReadinessChecks, liveness: ReadinessChecks = ReadinessChecks { [] },
        metrics: DaemonMetrics = DaemonMetrics(), trail: any AuditTrail = EmptyAuditTrail(),
        auditPeers: any AuditPeers = NoAuditPeers(), pages: StaticPages = StaticPages(),
        documents: StaticPages = StaticPages(), settings: GatewaySettings = GatewaySettings(),
        limiter: RateLimiter = RateLimiter(.none), memory: BodyMemory? = nil,
        membership: any ClusterMembership = NoMembership(), answers: any CommandAnswers = NoCommandAnswers(),
        board: HealthBoard = HealthBoard(), series: SeriesBoard = SeriesBoard(), backups: KnownBackups = KnownBackups(),
        room: @escaping @Sendable () async -> StoreRoom = { StoreRoom() },
        certificate: @escaping @Sendable () -> [UInt8] = { [] }
    ) {
        self.scheduler = scheduler
        self.logins = logins
        self.limiter = limiter
        gate = AdmissionGate(limiter.limits, time)
        self.memory = memory ?? BodyMemory(time: time)
        self.room = room
        self.certificate = certificate
        audit = AuditService(
            log: log, trail: trail, node: cluster.status.ownNode, peers: auditPeers, time: time)
        jobs = JobService(scheduler: scheduler, audit: audit, limiter: limiter)
        access = AccessService(logins: logins, audit: audit)
        history = HistoryService(scheduler: scheduler, audit: audit)
        members = ClusterService(cluster, scheduler: scheduler, time: time, version: settings.version)
        health = HealthService(
            liveness: liveness, readiness: readiness, cluster: ClusterChecks(members),
            scheduler: scheduler, time: time)
        findings = FindingService(board, jobs: jobs, scheduler: scheduler, time: time)
        self.cluster = cluster
        self.membership = membership
        self.answers = answers
        self.series = series
        self.backups = backups
        self.time = time
        self.metrics = metrics
        callbacks = Callbacks(scheduler.events, logins: logins, time: time)
        logins.onChange { [events = scheduler.events] in events.callEverybody() }
        streams = StreamLimiter(perUser: settings.streamsPerUser, open: metrics.eventStreams)
        self.pages = pages
        self.documents = documents
        self.settings = settings
    }
}

/// Bounds and facts of the HTTP API.
package struct GatewaySettings: Sendable, Hashable {
    /// The port clients reach every node of the cluster at; part of redirects. Default 443.
    package var port = 443
    /// A longer wait is cut to this. Default 300 s.
    package var longestWait = 300
    /// Event streams a user may have open at once. Default 20.
    package var streamsPerUser = 20
    /// The version of the server, as the index shows it.
    package var version = ""
    /// Whether `/metrics` is for everybody; administrators only by default.
    package var hasOpenMetrics = false
    /// Whether callers may come by a proxy, so that one who seems to be on this machine need not be.
    package var hasProxies = false
    /// Origins whose pages may use the server from a browser, such as `https://admin.example.com`; none by default.
    package var allowedOrigins: Set<String> = []

    /// Defaults only; whoever starts the daemon sets port and version.
    package init() {}
}
