import Access
import JobEngine

/// A job as callers are shown it.
struct JobRepresentation {
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
            "waiting_for": job.waitingFor.isEmpty ? nil : .list(job.waitingFor.map(\.value)),
            "base_revision": job.baseRevision.map(Value.int),
            "revision": job.revision.map(Value.int),
            "error_code": job.errorCode.map { .string($0.rawValue) },
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
            "cancel": .string("\(path)/cancel"),
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
            "body": job.request.body == .null ? nil : job.request.body,
            "waits": job.scheduling.waits ? true : nil,
            "volatile": job.scheduling.isVolatile ? true : nil,
            "idempotency_key": job.idempotencyKey.map(Value.string),
        ])
    }

    static func command(_ command: CommandRecord) -> Value {
        .members([
            "action": .string(command.action), "node": .int(command.node), "arguments": .map(command.arguments),
            "started_at": command.startedAt.map(time), "ended_at": command.endedAt.map(time),
            "exit_code": command.exitCode.map(Value.int), "output": command.output,
            "message": command.message.map(Value.string), "undo": command.undo.map(Value.string),
            "undone_at": command.undoneAt.map(time),
        ])
    }

    static func acknowledgement(_ acknowledgement: Acknowledgement) -> Value {
        .members([
            "node": .int(acknowledgement.node), "state": .string(acknowledgement.state.rawValue),
            "acked_at": acknowledgement.at.map(time),
        ])
    }

    static func time(_ time: Timestamp) -> Value { .string(time.description) }
}

extension JobRecord {
    /// The result once it cannot change any more: that of a change can still fail on its way to the nodes.
    var lastResult: JobResult? { isDone ? result : nil }

    /// Whether a principal may know of the job: it is his own, or he administers the cluster or its databases.
    func isVisible(to principal: Principal) -> Bool {
        requester.name == principal.name || principal.seesAllJobs
    }
}

extension Principal {
    /// Whether he may know of jobs of others.
    var seesAllJobs: Bool { isRoot || roles.contains("exaadm") || roles.contains("exadbadm") }
}
