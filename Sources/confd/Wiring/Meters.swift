import Application
import AuditExport
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
        for family in HealthMetrics(engine.health).families { add(family) }
        let reconcilers = engine.scheduler.reconcilers
        for family in Self.families(of: reconcilers) { add(family) }
    }

    /// Adds what is known of sending audit records, where they are sent.
    func follow(_ exporter: AuditExporter?) {
        guard let exporter else { return }
        add(
            .gauge("confd_audit_export_failing", "Whether audit records cannot be sent: 1, else 0.") {
                exporter.status.fault == nil ? 0 : 1
            })
        add(
            .gauge("confd_audit_export_waiting_records", "Audit records that wait to be sent.") {
                Double(exporter.status.waiting)
            })
        add(
            MetricFamily("confd_audit_export_records", .counter, "Audit records that were sent.") {
                [MetricSample(Double(exporter.status.sent))]
            })
        add(
            MetricFamily("confd_audit_export_failures", .counter, "Attempts to send audit records that failed.") {
                [MetricSample(Double(exporter.status.failures))]
            })
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
