package import Access
package import JobEngine

/// How this node is, for whoever watches it: answered within a second, whatever the checks do.
package struct HealthService: Sendable {
    private let liveness: ReadinessChecks
    private let readiness: ReadinessChecks
    private let cluster: ClusterChecks?
    private let scheduler: JobScheduler
    private let time: any TimeSource

    /// - Parameters:
    ///   - liveness: What the process needs to answer anybody at all.
    ///   - readiness: What it needs to take jobs.
    ///   - cluster: How the node stands in its cluster.
    package init(
        liveness: ReadinessChecks, readiness: ReadinessChecks, cluster: ClusterChecks? = nil, scheduler: JobScheduler,
        time: any TimeSource
    ) {
        self.liveness = liveness
        self.readiness = readiness
        self.cluster = cluster
        self.scheduler = scheduler
        self.time = time
    }

    /// Whether the process answers at all.
    package func alive() async -> [ReadinessChecks.Finding] { await liveness.findings(time) }

    /// Whether the node can take jobs.
    package func ready() async -> [ReadinessChecks.Finding] {
        let found = await readiness.findings(time)
        return found + (cluster?.now ?? []).map { ReadinessChecks.Finding(check: $0, age: .zero) }
    }

    /// Whether the configuration is settled and the jobs of before are taken up.
    package func started() -> [ReadinessChecks.Finding] {
        let revision = scheduler.configuration.revision
        let check = ReadinessChecks.Check(
            name: "configuration", isReady: revision > 0,
            detail: revision > 0 ? "revision \(revision)" : "not settled yet")
        return [ReadinessChecks.Finding(check: check, age: .zero)]
    }
}

extension [ReadinessChecks.Finding] {
    /// Whether nothing is missing.
    package var areAllMet: Bool { allSatisfy(\.check.isReady) }
}

/// Finds out whether some things hold.
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

    private let cache: HealthCheckCache

    /// - Parameter run: Looks at each thing. It may hang: callers are answered within a second all the same.
    package init(_ run: @escaping @Sendable () async -> [Check]) {
        cache = HealthCheckCache(run)
    }

    /// What each check found; within a second, whatever the checks do.
    func findings(_ time: any TimeSource) async -> [Finding] { await cache.findings(time) }
}
