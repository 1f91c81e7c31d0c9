package import Access
import HTTPServer
package import JobEngine
import Jobs
import Values

/// What of the requests is written to the audit log.
extension GatewayServices {
    /// Writes down what somebody did by a request.
    ///
    /// - Parameter fields: Said beside what is known of the request itself.
    package func note(
        _ kind: AuditEvent.Kind, _ principal: Principal, _ origin: JobRecord.Request, _ detail: String?,
        _ fields: [String: String]
    ) async {
        await audit.record(event(kind, principal, origin, detail, fields))
    }

    private func event(
        _ kind: AuditEvent.Kind, _ principal: Principal, _ origin: JobRecord.Request, _ detail: String?,
        _ fields: [String: String]
    ) -> AuditEvent {
        var facts = origin.facts.merging(fields) { _, given in given }
        facts["roles"] = principal.roles.sorted().joined(separator: " ")
        return AuditEvent(
            kind: kind, time: time.now, user: principal.name, address: origin.address, method: principal.method,
            detail: detail, fields: facts.mapValues(MisplacedKey.masked))
    }

    /// What is written down of a job somebody asks for, once it has a number, or of its refusal.
    func event(_ kind: AuditEvent.Kind, _ request: JobRequest, _ detail: String? = nil) -> AuditEvent {
        var facts = ["type": request.type.echoed]
        let objects = JobObjects.names(type: request.type, request.parameters)
        if !objects.isEmpty { facts["objects"] = objects.joined(separator: " ") }
        facts["reason"] = request.intent.map { String($0.prefix(1000)) }
        // A change of whatever there was by then: who reads the log has to see it at a glance.
        if request.request.headers["if-match"] == "*" { facts["if_match"] = "*" }
        return event(kind, request.principal, request.request, detail, facts)
    }

    func noteRefusal(of request: JobRequest, _ error: JobError) async {
        // REST notes a missing right where those of all its routes are; a remote method answers it within its route.
        if error.code == .permissionDenied, request.request.dialect == "rest" { return }
        let kind = error.code == .permissionDenied ? AuditEvent.Kind.denied : .declined
        await audit.record(event(kind, request, error.code.rawValue))
    }
}

extension JobRecord.Request {
    /// What an audit record says of a request, by name.
    fileprivate var facts: [String: String] {
        var facts = ["interface": dialect, "request_id": requestID]
        if !method.isEmpty { (facts["method"], facts["path"]) = (method, path) }
        if !tls.isEmpty { facts["tls"] = tls }
        facts["user_agent"] = headers["user-agent"]
        facts["trace_id"] = TraceContext(headers["traceparent"])?.traceID
        return facts
    }
}
