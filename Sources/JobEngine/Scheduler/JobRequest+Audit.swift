package import Access
import Values

extension AuditEvent {
    /// What is written down of a job somebody asks for, once it has a number, or of its refusal.
    package init(_ kind: Kind, of request: JobRequest, at time: Int64, detail: String? = nil) {
        var fields = ["type": request.type.echoed]
        let objects = JobObjects.names(type: request.type, request.parameters.redacting([]))
        if !objects.isEmpty { fields["objects"] = objects.joined(separator: " ") }
        fields["reason"] = request.intent.map { String($0.prefix(JobRequest.longestIntent)) }
        // A change of whatever there was by then: who reads the log has to see it at a glance.
        if request.request.headers["if-match"] == "*" { fields["if_match"] = "*" }
        self.init(kind, by: request.principal, asking: request.request, at: time, detail: detail, fields: fields)
    }

    /// What is written down of something done by a request.
    ///
    /// - Parameter fields: Said beside what is known of the request itself.
    package init(
        _ kind: Kind, by principal: Principal, asking origin: JobRecord.Request, at time: Int64,
        detail: String? = nil, fields: [String: String] = [:]
    ) {
        var fields = origin.facts.merging(fields) { _, given in given }
        fields["roles"] = principal.roles.sorted().joined(separator: " ")
        self.init(
            kind: kind, time: time, user: principal.name, address: origin.address.isEmpty ? nil : origin.address,
            method: principal.method, detail: detail,
            fields: fields.filter { !$0.value.isEmpty }.mapValues(MisplacedKey.masked))
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
