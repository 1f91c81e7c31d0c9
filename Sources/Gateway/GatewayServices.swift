package import Access
package import JobEngine

/// What the HTTP face needs of the rest of the daemon.
package struct GatewayServices: Sendable {
    /// Knows jobs and the current configuration; submit by ``submit(_:)``, which keeps the audit record.
    package let scheduler: JobScheduler
    /// Checks credentials and keeps sessions and lockouts; it writes its own audit records.
    package let logins: LoginService
    /// Where refused requests, redirects, and jobs that act or change something are recorded.
    package let audit: any AuditLog
    /// Says who the master is, and so which requests are redirected.
    package let cluster: any Cluster
    /// The clock of records and waits; tests move it by hand.
    package let time: any TimeSource
    /// Asked by `/readyz`, and by `/is_master` on the master.
    package let readiness: ReadinessChecks
    /// Served without login; without `index.html` among them the root answers JSON to browsers, too.
    package let pages: StaticPages
    /// Bounds every face keeps, and the port redirects name.
    package let settings: GatewaySettings

    /// Without pages and with default settings where nothing else is given, as tests need it.
    package init(
        scheduler: JobScheduler, logins: LoginService, audit: any AuditLog, cluster: any Cluster,
        time: any TimeSource, readiness: ReadinessChecks, pages: StaticPages = StaticPages(),
        settings: GatewaySettings = GatewaySettings()
    ) {
        self.scheduler = scheduler
        self.logins = logins
        self.audit = audit
        self.cluster = cluster
        self.time = time
        self.readiness = readiness
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
    /// The version of the server, as the index shows it.
    package var version = ""

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
        /// What is wrong or what was found, in a few words.
        package let detail: String

        /// The outcome of one look, good for the one answer it was made for.
        package init(name: String, isReady: Bool, detail: String) {
            self.name = name
            self.isReady = isReady
            self.detail = detail
        }
    }

    let run: @Sendable () async -> [Check]

    /// - Parameter run: Looks at each thing; must answer soon and hold no lock.
    package init(_ run: @escaping @Sendable () async -> [Check]) {
        self.run = run
    }
}
