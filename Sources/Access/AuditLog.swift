/// Keeps audit events for good.
package protocol AuditLog: Sendable {
    /// Returns when the event is kept. A failure to keep it is the log's own to report; it never stops a login.
    func record(_ event: AuditEvent) async
}
