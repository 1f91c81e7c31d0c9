import Synchronization

/// Everything the daemon counts and measures about itself.
///
/// Labels come from fixed lists only: route templates, job types, words of ours; never paths, users or ids.
package final class DaemonMetrics: Sendable {
    /// Requests answered.
    package let requests = LabeledMetrics<Counter>(["method", "route", "interface", "status"]) { Counter() }
    /// From a request's header to its answer's.
    package let requestTimes = LabeledMetrics<Histogram>(["method", "route", "interface"]) {
        Histogram(Histogram.requestTimes)
    }
    let jobsEnded = LabeledMetrics<Counter>(["type", "outcome"]) { Counter() }
    let jobWaits = LabeledMetrics<Histogram>(["mode"]) { Histogram(Histogram.jobTimes) }
    let jobTimes = LabeledMetrics<Histogram>(["mode"]) { Histogram(Histogram.jobTimes) }
    let commits = Histogram(Histogram.workTimes)
    let committedChanges = Counter()
    let storeFailures = Counter()
    /// How long jobs took that ended lately, for who looks once a minute.
    package let durations = RecentDurations()
    let installs = LabeledMetrics<Histogram>(["result"]) { Histogram(Histogram.workTimes) }
    let passwordChecks = LabeledMetrics<Histogram>(["verdict"]) { Histogram(Histogram.workTimes) }
    let auditEvents = LabeledMetrics<Counter>(["event"]) { Counter() }
    /// Event streams that are open now.
    package let eventStreams = Gauge()
    /// Event streams that were told to begin again, by reason: `gap`, `epoch` or `slow`.
    package let eventResets = LabeledMetrics<Counter>(["reason"]) { Counter() }

    /// The name under which whoever knows the certificate of new connections adds its end, in seconds since 1970.
    package static let certificateExpiry = "confd_certificate_expiry_timestamp_seconds"

    private let added = Mutex<[MetricFamily]>([])

    /// Nothing has been counted yet.
    package init() {}

    /// Adds a number that somebody else keeps, such as a level that is looked at when it is asked for.
    package func add(_ family: MetricFamily) {
        added.withLock { $0.append(family) }
    }

    /// Notes one transaction of the store: from its begin until it was flushed to the disk.
    package func committed(_ changes: Int, in time: Duration) {
        commits.observe(time)
        committedChanges.increment(by: changes)
    }

    /// What all of it stands at.
    package var families: [MetricFamily] {
        own + added.withLock { $0 }
    }

    private var own: [MetricFamily] {
        [
            requests.family("confd_http_requests", "Requests answered."),
            requestTimes.family("confd_http_request_duration_seconds", "From a request's header to its answer's."),
            jobsEnded.family("confd_jobs_ended", "Jobs that have ended."),
            jobWaits.family("confd_job_wait_seconds", "From a job's submission until it was scheduled."),
            jobTimes.family("confd_job_duration_seconds", "From a job's submission to its end."),
            single("confd_store_commit_seconds", "A transaction of the store, flush included.", of: commits),
            single("confd_store_changes", "Changes the store was asked to keep and kept.", of: committedChanges),
            single("confd_store_failures", "Changes the store refused or could not keep.", of: storeFailures),
            installs.family("confd_revision_sync_seconds", "Bringing a revision to the nodes."),
            passwordChecks.family("confd_password_check_seconds", "Asking PAM for one password."),
            auditEvents.family("confd_audit_events", "Records of the audit log, logins and locks among them."),
            single("confd_event_streams", "Event streams that are open.", of: eventStreams),
            eventResets.family("confd_event_stream_resets", "Event streams that had to begin again."),
        ]
    }

    private func single<Single: Metric>(_ name: String, _ help: String, of metric: Single) -> MetricFamily {
        MetricFamily(name, Single.kind, help: help) { metric.samples }
    }
}
