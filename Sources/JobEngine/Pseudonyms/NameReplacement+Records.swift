import Access
package import Values

/// What is replaced of records beside the name: what tells of a person where they came from.
extension NameReplacement {
    /// Members of a job that are told in words, or by whoever asked.
    private static let toldOfJob = [
        "intent", "params", "warnings", "waiting_for", "commands", "result", "error_details",
    ]
    /// Fields of an audit record that hold numbers, ids and words of ours.
    private static let fixedFields: Set<String> = [
        "count", "if_match", "interface", "job_id", "method", "request_id", "roles", "seconds", "session_id", "tls",
        "trace_id", "type",
    ]

    /// The stored form of a job with the pseudonym; `nil` when it is nobody's of the name, and not about them.
    ///
    /// Of a job they asked for themselves go user id, address, header fields and idempotency key as well.
    package func job(_ stored: Value) -> Value? {
        guard var members = stored.map else { return nil }
        for name in Self.toldOfJob { members[name] = members[name].map { replaced(in: $0) ?? $0 } }
        var requester = members["requester"]?.map ?? [:]
        var request = members["request"]?.map ?? [:]
        for name in ["path", "headers", "body"] { request[name] = request[name].map { replaced(in: $0) ?? $0 } }
        let key = members["idempotency_key"]?.string
        if requester["name"]?.string == name {
            requester["name"] = .string(pseudonym)
            requester["user_id"] = nil
            request["address"] = ""
            request["headers"] = nil
            members["idempotency_key"] = nil
        } else if let key, replaced(in: key) != nil {
            members["idempotency_key"] = nil
        }
        if members["requester"] != nil { members["requester"] = .map(requester) }
        if members["request"] != nil { members["request"] = .map(request) }
        return .map(members) == stored ? nil : .map(members)
    }

    /// The event of an audit record with the pseudonym; `nil` when it is nobody's of the name, and not about them.
    ///
    /// Of what they did themselves go address and program as well. A record that says that records were replaced is never
    /// replaced itself.
    package func event(_ stored: Value) -> Value? {
        guard var members = stored.map, members["event"]?.string != AuditEvent.Kind.pseudonymised.rawValue else {
            return nil
        }
        var fields = members["fields"]?.map
        if members["user"]?.string == name {
            members["client_addr"] = nil
            fields?["user_agent"] = nil
        }
        for name in ["user", "detail"] { members[name] = members[name].map { replaced(in: $0) ?? $0 } }
        for (name, value) in fields ?? [:] where !Self.fixedFields.contains(name) {
            fields?[name] = replaced(in: value) ?? value
        }
        if let fields { members["fields"] = fields.isEmpty ? nil : Value.map(fields) }
        return .map(members) == stored ? nil : .map(members)
    }
}
