import Application
import AuditExport
import FoundationEssentials
import Gateway
import HTTPServer
import JobEngine
import Notifications
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
        let goal = engine.settings.findingThresholds.backupHours
        for family in ObjectMetrics(engine.health, time: engine.time, goal: goal).families { add(family) }
        for family in Self.families(of: engine.notifier) { add(family) }
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
            MetricFamily("confd_audit_export_records", .counter, help: "Audit records that were sent.") {
                [MetricSample(Double(exporter.status.sent))]
            })
        add(
            MetricFamily("confd_audit_export_failures", .counter, help: "Attempts to send audit records that failed.") {
                [MetricSample(Double(exporter.status.failures))]
            })
    }

    /// Targets have no names here: they are no objects of the cluster.
    private static func families(of notifier: Notifier) -> [MetricFamily] {
        let sum = { @Sendable (value: @Sendable (NotificationStanding) -> Int) in
            Double(notifier.standings.map(value).reduce(0, +))
        }
        return [
            .gauge("confd_notifications_waiting", "Notices that wait to be told.") { sum(\.waiting) },
            .gauge("confd_notifications_failing", "Targets that cannot be told now.") {
                sum { $0.fault == nil ? 0 : 1 }
            },
            .gauge("confd_notifications_lost", "Notices that were given up since their target was told last.") {
                sum(\.lost)
            },
            MetricFamily("confd_notifications_delivered", .counter, help: "Notices that arrived.") {
                [MetricSample(sum(\.delivered))]
            },
        ]
    }

    private static func families(of driver: ReconcilerDriver) -> [MetricFamily] {
        let family = {
            (name: String, kind: MetricFamily.Kind, help: String, value: @escaping @Sendable (ReconcilerStatus) -> Int?)
            in
            MetricFamily(name, kind, help: help) {
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
