package import Access
package import JobEngine

/// What the HTTP face needs of the rest of the daemon.
package struct GatewayServices: Sendable {
    package let scheduler: JobScheduler
    package let logins: LoginService
    package let audit: any AuditLog
    package let cluster: any Cluster
    package let time: any TimeSource
    package let readiness: ReadinessChecks
    package let pages: StaticPages
    package let settings: GatewaySettings

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

    package init() {}
}

/// Finds out whether this node can take jobs.
package struct ReadinessChecks: Sendable {
    /// One thing that must hold.
    package struct Check: Sendable, Hashable {
        package let name: String
        package let isReady: Bool
        /// What is wrong or what was found, in a few words.
        package let detail: String

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
