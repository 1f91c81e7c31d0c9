import FoundationEssentials
import Gateway
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
    }
}
