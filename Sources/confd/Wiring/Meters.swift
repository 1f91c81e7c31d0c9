import Application
import FoundationEssentials
import Gateway
import HTTPServer
import JobEngine
import SQLiteStore

/// Hands the times of the store's transactions to the metrics.
struct CommitMeter: CommitProbe {
    let metrics: DaemonMetrics

    func didCommit(_ changes: Int, in time: Duration) { metrics.committed(changes, in: time) }
}

extension DaemonMetrics {
    /// Adds what the parts of the daemon know of themselves.
    func follow(_ engine: Engine, _ file: SQLiteFile) {
        let contexts = engine.contexts
        add(
            .gauge(
                Self.certificateExpiry,
                "When the certificate of new connections ends, in seconds since 1970."
            ) { contexts.notValidAfter.timeIntervalSince1970 })
        add(
            .gauge("confd_store_waiting_changes", "Changes that wait for the next flush.") {
                Double(file.waitingChanges)
            })
        let reconcilers = engine.scheduler.reconcilers
        for family in Self.families(of: reconcilers) { add(family) }
    }

    private static func families(of driver: ReconcilerDriver) -> [MetricFamily] {
        let family = {
            (name: String, kind: MetricFamily.Kind, help: String, value: @escaping @Sendable (ReconcilerStatus) -> Int?)
            in
            MetricFamily(name, kind, help) {
                driver.statuses.compactMap { status in
                    value(status).map { MetricSample(Double($0), labels: [.init("reconciler", status.name)]) }
                }
            }
        }
        return [
            family("confd_reconciler_revision", .gauge, "The revision each has brought about last.", \.revision),
            family("confd_reconciler_failing", .gauge, "Whether the newest revision is not brought about: 1, else 0.") {
                $0.fault == nil ? 0 : 1
            },
            family("confd_reconciler_failures", .counter, "Attempts that failed.", \.failures),
        ]
    }
}
