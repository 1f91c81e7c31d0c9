package import Access

/// An audit log whose records are counted by kind.
package struct MeteredAudit: AuditLog {
    private let log: any AuditLog
    private let metrics: DaemonMetrics

    /// Hands everything on to `log`.
    package init(_ log: any AuditLog, _ metrics: DaemonMetrics) {
        self.log = log
        self.metrics = metrics
    }

    /// Counts and keeps it.
    package func record(_ event: AuditEvent) async {
        metrics.auditEvents[event.kind.rawValue].increment()
        await log.record(event)
    }
}
