import HTTPServer
package import JobEngine
package import Values

/// A job as callers are shown it.
package struct JobRepresentation {
    let job: JobRecord

    /// The members; those that do not apply are absent.
    var value: Value {
        var members: [String: Value?] = [
            "job_id": .string(job.id.description),
            "type": .string(job.type),
            "mode": .string(job.mode.rawValue),
            "params": .map(job.parameters),
            "stage": .string(job.stage.rawValue),
            "outcome": job.outcome.map { .string($0.rawValue) },
            "done": .bool(job.isDone),
            "user": .string(job.requester.name),
            "reason": job.intent.map(Value.string),
            "cancel_state": job.cancellation.map { .string($0.rawValue) },
            "waiting_for": job.waitingFor.isEmpty ? nil : .list(job.waitingFor.map(obstacle)),
            "progress": job.progress?.value,
            "base_revision": job.baseRevision.map(Value.int),
            "revision": job.revision.map(Value.int),
            "priority": .string(job.priority.rawValue),
            "timeout_s": job.timeout.map(Self.seconds),
            "depends_on": job.dependencies.isEmpty ? nil : .strings(job.dependencies.map(\.description)),
            "retry_of": job.retryOf.map { .string($0.description) },
            "warnings": job.warnings.isEmpty ? nil : .list(job.warnings.map(\.value)),
            "error_code": job.errorCode.map { .string($0.rawValue) },
            "error_details": job.errorDetails.isEmpty ? nil : .map(job.errorDetails),
            "result": job.result?.value,
            "commands": job.commands.isEmpty ? nil : .list(job.commands.map(Self.command)),
            "sync": job.acknowledgements.isEmpty ? nil : .list(job.acknowledgements.map(Self.acknowledgement)),
            "request": request,
            "links": links,
            "ended_at": job.endedAt.map(Self.time),
        ]
        for (stage, time) in job.times { members["\(stage.rawValue)_at"] = Self.time(time) }
        return .members(members)
    }

    private var links: Value {
        let path = JobsResource.path(of: job.id)
        return [
            "self": .string(path), "result": .string("\(path)/result"), "log": .string("\(path)/log"),
            "cancel": .string("\(path)/cancel"), "retry": .string("\(path)/retry"),
        ]
    }

    private var request: Value {
        .members([
            "interface": .string(job.request.dialect),
            "client_addr": job.request.address.isEmpty ? nil : .string(job.request.address),
            "request_id": job.request.requestID.isEmpty ? nil : .string(job.request.requestID),
            "method": job.request.method.isEmpty ? nil : .string(job.request.method),
            "path": job.request.path.isEmpty ? nil : .string(job.request.path),
            "user_agent": job.request.headers["user-agent"].map(Value.string),
            "trace_id": TraceContext(job.request.headers["traceparent"]).map { .string($0.traceID) },
            "tls": job.request.tls.isEmpty ? nil : .string(job.request.tls),
            "body": job.request.body.unlessNull,
            "waits": job.scheduling.waits ? true : nil,
            "volatile": job.scheduling.isVolatile ? true : nil,
            "idempotency_key": job.idempotencyKey.map(Value.string),
        ])
    }

    /// What was done on a node for a job.
    package static func command(_ command: CommandRecord) -> Value {
        .members([
            "action": .string(command.action), "node": .int(command.node), "arguments": .map(command.arguments),
            "started_at": command.startedAt.map(time), "ended_at": command.endedAt.map(time),
            "exit_code": command.exitCode.map(Value.int), "output": command.output,
            "message": command.message.map(Value.string), "undo": command.undo.map(Value.string),
            "undone_at": command.undoneAt.map(time),
        ])
    }

    /// Whether a node has the revision of a job.
    package static func acknowledgement(_ acknowledgement: Acknowledgement) -> Value {
        .members([
            "node": .int(acknowledgement.node), "state": .string(acknowledgement.state.rawValue),
            "acked_at": acknowledgement.at.map(time),
        ])
    }

    private func obstacle(_ obstacle: JobRecord.Obstacle) -> Value {
        var members = obstacle.value.map ?? [:]
        members["since"] = job.waitingSince.map(Self.time)
        return .map(members)
    }

    /// A whole number where it is one.
    static func seconds(_ duration: Duration) -> Value {
        let milliseconds = Int(duration / .milliseconds(1))
        return milliseconds % 1000 == 0 ? .int(milliseconds / 1000) : .double(Double(milliseconds) / 1000)
    }

    static func time(_ time: Timestamp) -> Value { .string(time.description) }
}

extension JobRecord {
    /// The result once it cannot change any more: that of a change can still fail on its way to the nodes.
    package var lastResult: JobResult? { isDone ? result : nil }
}
