package import Access
package import JobEngine
import Values

/// Levels of jobs, the configuration and logins, read at each scrape.
package struct ServiceMetrics: Sendable {
    private let scheduler: JobScheduler
    private let cluster: any Cluster
    private let logins: LoginService
    private let time: any TimeSource
    private let version: String

    /// - Parameter version: The label of `confd_build_info`.
    package init(
        scheduler: JobScheduler, cluster: any Cluster, logins: LoginService, time: any TimeSource, version: String
    ) {
        self.scheduler = scheduler
        self.cluster = cluster
        self.logins = logins
        self.time = time
        self.version = version
    }

    /// What they stand at now.
    package func families() async -> [MetricFamily] {
        let load = await scheduler.load
        return queue(load) + configuration + access + [build]
    }

    private func queue(_ load: QueueLoad) -> [MetricFamily] {
        let (open, waiting) = (load.open, load.waiting)
        let age = load.oldest.map { max(0, Double(time.now) - Double($0.milliseconds)) / 1000 } ?? 0
        return [
            MetricFamily("confd_jobs_open", .gauge, help: "Jobs that have not ended.") {
                Stage.allCases.map { MetricSample(Double(open[$0] ?? 0), labels: [.init("stage", $0.rawValue)]) }
            },
            .gauge("confd_queue_depth", "Jobs that have not begun.") { Double(load.queued) },
            .gauge("confd_queue_oldest_age_seconds", "How long the oldest of them has waited.") { age },
            MetricFamily("confd_looks_unrecorded", .counter, help: "Looks that were answered and are in no history.") {
                [MetricSample(Double(scheduler.unrecordedLooks))]
            },
            MetricFamily("confd_jobs_waiting", .gauge, help: "Jobs that wait, by what they wait for.") {
                Set(waiting.keys).union(["lock"]).sorted()
                    .map { MetricSample(Double(waiting[$0] ?? 0), labels: [.init("kind", $0)]) }
            },
        ]
    }

    private var configuration: [MetricFamily] {
        let (scheduler, cluster) = (scheduler, cluster)
        return [
            .gauge("confd_revision", "The newest decided revision.") { Double(scheduler.configuration.revision) },
            MetricFamily("confd_node_acked_revision", .gauge, help: "The newest revision each node has.") {
                await Self.acknowledged(scheduler)
            },
            .gauge("confd_configuration_refuses_changes", "1 while an edit by hand is not settled.") {
                scheduler.configuration.obstacle == nil ? 0 : 1
            },
            .gauge("confd_is_master", "1 on the node that decides.") { cluster.status.isMaster ? 1 : 0 },
        ]
    }

    /// The newest revision of each node, among the last ones.
    private static func acknowledged(_ scheduler: JobScheduler) async -> [MetricSample] {
        let newest = await scheduler.latestRevisions().newestAcknowledged
        return newest.sorted { $0.key < $1.key }.map { node, revision in
            MetricSample(Double(revision), labels: [.init("node", String(node))])
        }
    }

    private var access: [MetricFamily] {
        let logins = logins
        return [
            .gauge("confd_lockouts", "Users and addresses that are locked out.") { Double(logins.lockouts().count) },
            MetricFamily("confd_login_cache_hits", .counter, help: "Passwords that were known from a moment ago.") {
                [MetricSample(Double(logins.cacheHits))]
            },
        ]
    }

    private var build: MetricFamily {
        let version = version
        return MetricFamily("confd_build_info", .gauge, help: "Always 1; the label is the version.") {
            [MetricSample(1, labels: [.init("version", version)])]
        }
    }
}
