import Access
package import Values

extension JobRecord {
    /// The record as members, the form in which it is stored and from which the REST representation is made.
    package var value: Value {
        .members([
            "job_id": .string(id.description),
            "type": .string(type),
            "mode": .string(mode.rawValue),
            "params": .map(parameters),
            "requester": requester.value,
            "request": request.value,
            "intent": intent.map(Value.string),
            "scheduling": ["waits": .bool(scheduling.waits), "volatile": .bool(scheduling.isVolatile)],
            "idempotency_key": idempotencyKey.map(Value.string),
            "had_secrets": hadSecrets ? true : nil,
            "expected_revision": expectedRevision.map(Value.int),
            "priority": priority == .normal ? nil : .string(priority.rawValue),
            "timeout_ms": timeout.map { .int(Int($0 / .milliseconds(1))) },
            "depends_on": dependencies.isEmpty ? nil : .ids(dependencies),
            "retry_of": retryOf.map { .string($0.description) },
            "batch": batch.isEmpty ? nil : .ids(batch),
            "batch_of": batchOf.map { .string($0.description) },
            "warnings": warnings.isEmpty ? nil : .list(warnings.map(\.value)),
            "stage": .string(stage.rawValue),
            "outcome": outcome.map { .string($0.rawValue) },
            "times": .map(Dictionary(uniqueKeysWithValues: times.map { ($0.rawValue, $1.value) })),
            "waiting_for": waitingFor.isEmpty ? nil : .list(waitingFor.map(\.value)),
            "cancel_state": cancellation.map { .string($0.rawValue) },
            "commands": commands.isEmpty ? nil : .list(commands.map(\.value)),
            "base_revision": baseRevision.map(Value.int),
            "revision": revision.map(Value.int),
            "sync": acknowledgements.isEmpty ? nil : .list(acknowledgements.map(\.value)),
            "result": result?.value,
            "error_code": errorCode.map { .string($0.rawValue) },
            "error_details": errorDetails.isEmpty ? nil : .map(errorDetails),
            "ended_at": endedAt?.value,
        ])
    }

    /// The record stored members describe, `nil` when a member that always exists is absent or no longer understood.
    package init?(_ value: Value) {
        guard let id = value["job_id"]?.string.flatMap({ JobID($0) }), let type = value["type"]?.string,
            let mode = value["mode"]?.string.flatMap(JobMode.init), let parameters = value["params"]?.map,
            let requester = value["requester"].flatMap(Requester.init),
            let request = value["request"].flatMap(Request.init), let times = value["times"]?.map,
            let submitted = times["submitted"].flatMap({ Timestamp($0) }),
            let stage = value["stage"]?.string.flatMap(Stage.init)
        else { return nil }
        let scheduling = Scheduling(
            waits: value["scheduling"]?["waits"]?.bool ?? false,
            isVolatile: value["scheduling"]?["volatile"]?.bool ?? false)
        self.init(
            id: id, type: type, mode: mode, parameters: parameters, requester: requester, request: request,
            scheduling: scheduling, submittedAt: submitted)
        self.stage = stage
        for (name, moment) in times {
            if let stage = Stage(rawValue: name) { self.times[stage] = Timestamp(moment) }
        }
        readScheduling(value)
        readProgress(value)
    }

    private mutating func readScheduling(_ value: Value) {
        priority = value["priority"]?.string.flatMap(JobPriority.init) ?? .normal
        timeout = value["timeout_ms"]?.int.map { .milliseconds($0) }
        dependencies = value["depends_on"]?.ids ?? []
        retryOf = value["retry_of"]?.string.flatMap { JobID($0) }
        batch = value["batch"]?.ids ?? []
        batchOf = value["batch_of"]?.string.flatMap { JobID($0) }
        warnings = value["warnings"]?.list?.compactMap(JobWarning.init) ?? []
    }

    private mutating func readProgress(_ value: Value) {
        intent = value["intent"]?.string
        idempotencyKey = value["idempotency_key"]?.string
        hadSecrets = value["had_secrets"]?.bool ?? false
        expectedRevision = value["expected_revision"]?.int
        outcome = value["outcome"]?.string.flatMap(Outcome.init)
        waitingFor = value["waiting_for"]?.list?.compactMap(Obstacle.init) ?? []
        cancellation = value["cancel_state"]?.string.flatMap(Cancellation.init)
        commands = value["commands"]?.list?.compactMap(CommandRecord.init) ?? []
        baseRevision = value["base_revision"]?.int
        revision = value["revision"]?.int
        acknowledgements = value["sync"]?.list?.compactMap(Acknowledgement.init) ?? []
        result = value["result"].flatMap(JobResult.init)
        errorCode = value["error_code"]?.string.flatMap(JobError.Code.init)
        errorDetails = value["error_details"]?.map ?? [:]
        endedAt = value["ended_at"].flatMap { Timestamp($0) }
    }
}

extension Timestamp {
    /// Milliseconds since 1970.
    package var value: Value { .int(milliseconds) }

    /// The moment of a whole number of milliseconds since 1970, `nil` for every other value.
    package init?(_ value: Value) {
        guard let milliseconds = value.int else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension Value {
    fileprivate static func ids(_ ids: [JobID]) -> Value { .strings(ids.map(\.description)) }

    fileprivate var ids: [JobID]? { list?.compactMap { $0.string.flatMap { JobID($0) } } }
}

extension JobRecord.Requester {
    /// Members `name`, `roles`, `group_ids`, `method`, `user_id` unless it is unknown, and `limited` for a login with
    /// only some of the user's rights.
    package var value: Value {
        .members([
            "name": .string(name), "roles": .strings(roles), "user_id": userID.map(Value.int),
            "group_ids": .ints(groupIDs), "method": .string(method.rawValue), "limited": isLimited ? true : nil,
        ])
    }

    /// `nil` when there is no name; roles and groups that are absent count as none.
    package init?(_ value: Value) {
        guard let name = value["name"]?.string else { return nil }
        self.init(
            name: name, roles: value["roles"]?.list?.compactMap(\.string) ?? [], userID: value["user_id"]?.int,
            groupIDs: value["group_ids"]?.list?.compactMap(\.int) ?? [])
        method = value["method"]?.string.flatMap(Principal.Method.init) ?? formerMethod
        isLimited = value["limited"]?.bool ?? false
    }

    /// How a user is taken to have come in whose job is older than the member `method`.
    private var formerMethod: Principal.Method {
        switch name {
        case Principal.schedule.name: .internal
        case Principal.rootName: .peer
        default: .password
        }
    }
}

extension JobRecord.Request {
    /// Members as they are stored; `headers` and `body` are absent when there are none.
    package var value: Value {
        .members([
            "dialect": .string(dialect), "address": .string(address), "method": .string(method),
            "path": .string(path), "request_id": .string(requestID),
            "tls": tls.isEmpty ? nil : .string(tls),
            "headers": headers.isEmpty ? nil : .map(headers.mapValues(Value.string)),
            "body": body.unlessNull,
        ])
    }

    /// `nil` when the dialect or the address is absent; every other member may be.
    package init?(_ value: Value) {
        guard let dialect = value["dialect"]?.string, let address = value["address"]?.string else { return nil }
        self.init(dialect: dialect, address: address)
        method = value["method"]?.string ?? ""
        path = value["path"]?.string ?? ""
        requestID = value["request_id"]?.string ?? ""
        tls = value["tls"]?.string ?? ""
        headers = value["headers"]?.map?.compactMapValues(\.string) ?? [:]
        body = value["body"] ?? .null
    }
}

extension JobRecord.Obstacle {
    /// Members `kind`, `name` and, when one job is in the way, its id as `holder`.
    package var value: Value {
        .members([
            "kind": .string(kind), "name": .string(name), "holder": holder.map { .string($0.description) },
        ])
    }

    /// `nil` when the kind or the name is absent.
    package init?(_ value: Value) {
        guard let kind = value["kind"]?.string, let name = value["name"]?.string else { return nil }
        self.init(kind: kind, name: name, holder: value["holder"]?.string.flatMap { JobID($0) })
    }
}

extension CommandRecord {
    /// Members as they are stored; what has not happened yet is absent, not null.
    package var value: Value {
        .members([
            "action": .string(action), "node": .int(node), "arguments": .map(arguments),
            "started_at": startedAt?.value, "ended_at": endedAt?.value, "exit_code": exitCode.map(Value.int),
            "output": output, "log": log.value, "undo_log": undoLog.value,
            "message": message.map(Value.string), "undo": undo.map(Value.string), "undone_at": undoneAt?.value,
        ])
    }

    /// `nil` when the action or the node is absent; every other member may be.
    package init?(_ value: Value) {
        guard let action = value["action"]?.string, let node = value["node"]?.int else { return nil }
        self.init(action: action, node: node, arguments: value["arguments"]?.map ?? [:])
        startedAt = value["started_at"].flatMap { Timestamp($0) }
        endedAt = value["ended_at"].flatMap { Timestamp($0) }
        exitCode = value["exit_code"]?.int
        output = value["output"]
        message = value["message"]?.string
        log = CommandLog(value["log"])
        undoLog = CommandLog(value["undo_log"])
        undo = value["undo"]?.string
        undoneAt = value["undone_at"].flatMap { Timestamp($0) }
    }
}

extension Acknowledgement {
    /// Members `node`, `state` and, when the node has the revision, `at`.
    package var value: Value {
        .members(["node": .int(node), "state": .string(state.rawValue), "at": at?.value])
    }

    /// `nil` when the node is absent or the state is none we know.
    package init?(_ value: Value) {
        guard let node = value["node"]?.int, let state = value["state"]?.string.flatMap(State.init) else { return nil }
        self.init(node: node, state: state, at: value["at"].flatMap { Timestamp($0) })
    }
}

extension JobResult {
    /// The result dict of ConfD: output and revision are absent, not null, where there are none.
    package var value: Value {
        .members([
            "result_code": .int(code), "result_name": .string(name), "result_desc": .string(text),
            "result_output": output, "result_revision": revision.map(Value.int),
        ])
    }

    /// `nil` when code, name or text is absent; output and revision may be.
    package init?(_ value: Value) {
        guard let code = value["result_code"]?.int, let name = value["result_name"]?.string,
            let text = value["result_desc"]?.string
        else { return nil }
        self.init(
            code: code, name: name, text: text, output: value["result_output"],
            revision: value["result_revision"]?.int)
    }
}
