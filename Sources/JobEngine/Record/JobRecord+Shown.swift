package import Values

extension JobRecord {
    /// The members callers are shown; those that do not apply are absent.
    package var shown: [String: Value] { members(of: JobField.all) }

    /// The members among them that are worked out, and not stored.
    package var derived: [String: Value] { members(of: JobField.all.filter { $0.storedName == nil }) }

    private func members(of fields: [JobField]) -> [String: Value] {
        var members: [String: Value] = [:]
        for field in fields {
            if let name = field.name { members[name] = field.shown(self) }
        }
        return members
    }

    /// How the job came in.
    var origin: Value {
        .members([
            "interface": .string(request.dialect),
            "client_addr": request.address.isEmpty ? nil : .string(request.address),
            "request_id": request.requestID.isEmpty ? nil : .string(request.requestID),
            "method": request.method.isEmpty ? nil : .string(request.method),
            "path": request.path.isEmpty ? nil : .string(request.path),
            "user_agent": request.headers["user-agent"].map(Value.string),
            "trace_id": TraceContext(request.headers["traceparent"]).map { .string($0.traceID) },
            "tls": request.tls.isEmpty ? nil : .string(request.tls),
            "body": request.body.unlessNull,
            "waits": scheduling.waits ? true : nil,
            "volatile": scheduling.isVolatile ? true : nil,
            "idempotency_key": idempotencyKey.map(Value.string),
        ])
    }
}

extension CommandRecord {
    /// What was done on a node, as callers are shown it.
    package var shown: Value {
        .members([
            "action": .string(action), "node": .int(node), "arguments": .map(arguments),
            "beside": isBeside ? true : nil,
            "started_at": startedAt.map(Value.time), "ended_at": endedAt.map(Value.time),
            "exit_code": exitCode.map(Value.int), "output": output, "stored_answer": storedAnswer?.value,
            "message": message.map(Value.string), "undo": undo.map(Value.string),
            "undone_at": undoneAt.map(Value.time),
        ])
    }
}

extension Acknowledgement {
    /// Whether a node has the revision of a job, as callers are shown it.
    package var shown: Value {
        .members(["node": .int(node), "state": .string(state.rawValue), "acked_at": at.map(Value.time)])
    }
}

extension JobRecord.Obstacle {
    func shown(since: Timestamp?) -> Value {
        var members = value.map ?? [:]
        members["since"] = since.map(Value.time)
        return .map(members)
    }
}

extension Value {
    /// A moment as callers are shown it: RFC 3339.
    package static func time(_ time: Timestamp) -> Value { .string(time.description) }

    /// A time in seconds: a whole number where it is one.
    package static func seconds(_ duration: Duration) -> Value {
        let milliseconds = Int(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? .int(milliseconds / 1000) : .double(Double(milliseconds) / 1000)
    }
}
