import Access
package import Values

extension JobRecord {
    /// The record as members, the form in which it is stored.
    package var value: Value {
        var members: [String: Value] = [:]
        for field in JobField.all {
            if let name = field.storedName { members[name] = field.stored(self) }
        }
        return .map(members)
    }

    /// The record stored members describe, `nil` when a member that always exists is absent or no longer understood.
    ///
    /// An older version may have kept secrets it did not know as such: they are masked here, and an open job that had one is
    /// not taken up again.
    package init?(_ kept: Value) {
        let value = kept.redacting()
        self.init(exactly: value)
        if value["params"] != kept["params"] { hadSecrets = true }
    }

    /// The record of members that this or another node has just made, as they are; `nil` when a member that always exists is
    /// absent or not understood.
    package init?(exactly value: Value) {
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
        for field in JobField.all {
            if let value = field.storedName.flatMap({ value[$0] }) { field.read(&self, value) }
        }
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

extension JobRecord.Requester {
    /// Members `name`, `roles`, `group_ids`, `method`, `user_id` unless it is unknown, `limited` for a login with only some of
    /// the user's rights, and `session` for one within a session.
    package var value: Value {
        .members([
            "name": .string(name), "roles": .strings(roles), "user_id": userID.map(Value.int),
            "group_ids": .ints(groupIDs), "method": .string(method.rawValue), "limited": isLimited ? true : nil,
            "session": session.map(Value.string),
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
        session = value["session"]?.string
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
            "beside": isBeside ? true : nil, "optional": isOptional ? true : nil,
            "started_at": startedAt?.value, "ended_at": endedAt?.value,
            "exit_code": exitCode.map(Value.int),
            "output": output, "stored_answer": storedAnswer?.value, "log": log.value, "undo_log": undoLog.value,
            "message": message.map(Value.string), "undo": undo.map(Value.string), "undone_at": undoneAt?.value,
            "undo_kept_at": undoKeptAt?.value,
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
        storedAnswer = value["stored_answer"].flatMap { StoredAnswer($0) }
        message = value["message"]?.string
        log = CommandLog(value["log"])
        undoLog = CommandLog(value["undo_log"])
        undo = value["undo"]?.string
        isBeside = value["beside"]?.bool ?? false
        isOptional = value["optional"]?.bool ?? false
        undoneAt = value["undone_at"].flatMap { Timestamp($0) }
        undoKeptAt = value["undo_kept_at"].flatMap { Timestamp($0) }
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
