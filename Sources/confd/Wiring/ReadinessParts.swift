import Application
import AuditExport
import JobEngine

extension AuditExporter {
    /// How it stands, as a check that never makes the node unready. Where records are sent is for the log: strangers read this.
    var check: ReadinessChecks.Check {
        let status = status
        let reached = status.position.map { "record \($0) sent" } ?? "nothing sent yet"
        return ReadinessChecks.Check(
            name: "audit_export", isReady: true, isImpaired: status.fault != nil,
            detail: status.fault.map { "\($0) (\(reached), \(status.waiting) wait)" } ?? reached)
    }
}

extension ReconcilerStatus {
    /// How it stands, as a check that never makes the node unready: jobs are taken and answered in any case.
    var check: ReadinessChecks.Check {
        let reached = revision.map { "revision \($0)" } ?? "no revision yet"
        if let fault {
            // What a program said of it may have several lines.
            let words = fault.split(whereSeparator: \.isNewline).joined(separator: " ")
            return ReadinessChecks.Check(
                name: name, isReady: true, isImpaired: true, detail: "\(words) (\(reached), since \(since))")
        }
        return ReadinessChecks.Check(
            name: name, isReady: true, isImpaired: note?.isImpaired ?? false,
            detail: note.map { "\(reached), \($0.text)" } ?? reached)
    }
}
