package import Access
package import JobEngine
package import StatusPage

/// What the HTTP face needs of the rest of the daemon.
package struct GatewayServices: Sendable {
    /// Knows jobs and the current configuration; submit by ``submit(_:)``, which says what the audit log is to have of it.
    package let scheduler: JobScheduler
    /// Checks credentials and keeps sessions and lockouts; it writes its own audit records.
    package let logins: LoginService
    /// Counts requests without a login, and waits.
    package let limiter: RateLimiter
    /// Lets requests of users in, by turns.
    package let gate: AdmissionGate
    /// Where refused requests, redirects, and jobs that act or change something are recorded.
    package let audit: any AuditLog
    /// Says who the master is, and so which requests are redirected.
    package let cluster: any Cluster
    /// The clock of records and waits; tests move it by hand.
    package let time: any TimeSource
    /// Asked by `/readyz`, and by `/is_master` on the master.
    package let readiness: ReadinessChecks
    /// Asked by `/livez`: what the process needs to answer anybody at all.
    package let liveness: ReadinessChecks
    /// The event streams that are open.
    package let streams: StreamSeats
    /// Those who asked to be called; run it beside the server.
    package let callbacks: Callbacks
    /// Where everything is counted that `/metrics` tells.
    package let metrics: DaemonMetrics
    /// The audit log, for those who read it.
    package let trail: any AuditTrail
    /// Served without login; without `index.html` among them the root answers JSON to browsers, too.
    package let pages: StaticPages
    /// The certificates new connections are shown, in PEM form; empty where there are none.
    package let certificate: @Sendable () -> [UInt8]
    /// Bounds every face keeps, and the port redirects name.
    package let settings: GatewaySettings

    /// Without pages and with default settings where nothing else is given, as tests need it.
    package init(
        scheduler: JobScheduler, logins: LoginService, audit: any AuditLog, cluster: any Cluster,
        time: any TimeSource, readiness: ReadinessChecks, liveness: ReadinessChecks = ReadinessChecks { [] },
        metrics: DaemonMetrics = DaemonMetrics(), trail: any AuditTrail = EmptyAuditTrail(),
        pages: StaticPages = StaticPages(), settings: GatewaySettings = GatewaySettings(),
        limiter: RateLimiter = RateLimiter(.none), certificate: @escaping @Sendable () -> [UInt8] = { [] }
    ) {
        self.scheduler = scheduler
        self.logins = logins
        self.limiter = limiter
        gate = AdmissionGate(limiter.limits, time)
        self.certificate = certificate
        self.audit = audit
        self.cluster = cluster
        self.time = time
        self.readiness = readiness
        self.liveness = liveness
        self.metrics = metrics
        callbacks = Callbacks(scheduler.events, logins, time)
        logins.onChange { [events = scheduler.events] in events.callEverybody() }
        streams = StreamSeats(perUser: settings.streamsPerUser, open: metrics.eventStreams)
        self.trail = trail
        self.pages = pages
        self.settings = settings
    }
}

/// Bounds and facts of the HTTP face.
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
    /// Origins whose pages may use the server from a browser, such as `https://admin.example.com`; none by default.
    package var allowedOrigins: Set<String> = []

    /// Defaults only; whoever starts the daemon sets port and version.
    package init() {}
}

/// Finds out whether this node can take jobs.
package struct ReadinessChecks: Sendable {
    /// One thing that must hold.
    package struct Check: Sendable, Hashable {
        /// One word, as `/readyz?verbose` shows it in front of the detail.
        package let name: String
        /// One check that is not ready makes the whole node answer 503.
        package let isReady: Bool
        /// Something is wrong that leaves the node ready.
        package let isImpaired: Bool
        /// What is wrong or what was found, in a few words.
        package let detail: String

        /// The outcome of one look, good for the one answer it was made for.
        package init(name: String, isReady: Bool, isImpaired: Bool = false, detail: String) {
            self.isImpaired = isImpaired
            self.name = name
            self.isReady = isReady
            self.detail = detail
        }
    }

    /// A check with the time since it was made.
    package struct Finding: Sendable, Hashable {
        /// What was found.
        package let check: Check
        /// How long ago.
        package let age: Duration
    }

    private let board: HealthBoard

    /// - Parameter run: Looks at each thing. It may hang: callers are answered within a second all the same.
    package init(_ run: @escaping @Sendable () async -> [Check]) {
        board = HealthBoard(run)
    }

    /// What each check found; within a second, whatever the checks do.
    func findings(_ time: any TimeSource) async -> [Finding] { await board.findings(time) }

    func areAllMet(_ time: any TimeSource) async -> Bool {
        await findings(time).allSatisfy(\.check.isReady)
    }
}
