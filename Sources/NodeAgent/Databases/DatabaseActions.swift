package import JobEngine

/// An action that is one verb of the engine.
package protocol DatabaseVerb: NodeAction {
    /// As the contract calls it.
    static var verb: String { get }
    /// Whom to ask.
    var engine: DatabaseEngine { get }
}

extension DatabaseVerb {
    /// The engine's answer; arguments and errors as ``DatabaseEngine`` has them.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await engine.run(Self.verb, call)
    }
}

/// Whether the settings of a database can be used; touches nothing.
struct DatabaseCheck: DatabaseVerb {
    static let (name, verb) = ("database.check", "check")
    let engine: DatabaseEngine
}

/// A new, empty database, stopped.
struct DatabaseCreate: DatabaseVerb {
    static let (name, verb) = ("database.create", "create")
    let engine: DatabaseEngine
}

/// Everything of a stopped database goes; also takes ``DatabaseCreate`` back.
struct DatabaseDelete: DatabaseVerb {
    static let (name, verb) = ("database.delete", "delete")
    let engine: DatabaseEngine
}

/// A stopped database loses its content.
struct DatabaseReset: DatabaseVerb {
    static let (name, verb) = ("database.reset", "reset")
    let engine: DatabaseEngine
}

/// A database that serves clients, made first when it never was; `others` are databases that must not run meanwhile.
struct DatabaseStart: DatabaseVerb {
    static let (name, verb) = ("database.start", "start")
    let engine: DatabaseEngine

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        for other in call.arguments["others"]?.list ?? [] {
            let state = try await engine.run("state", call.about(other)).map?["state"]?.string
            guard state == "stopped" else {
                let name = other.map?["name"]?.string ?? ""
                throw .refused(JobError(.objectBusy, "The data volume is in use: database \(name) is \(state ?? "")."))
            }
        }
        guard try await engine.run("state", call).map?["created"] == false else {
            return try await engine.run(Self.verb, call)
        }
        let created = try await engine.run("create", call)
        _ = try await engine.run(Self.verb, call)
        return ["created": created]
    }
}

/// Fails unless a database is stopped.
struct DatabaseRequireStopped: DatabaseVerb {
    static let (name, verb) = ("database.require-stopped", "state")
    let engine: DatabaseEngine

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let state = try await DatabaseState(engine: engine).run(call).map?["state"]?.string ?? "stopped"
        if state == "stopped" { return .null }
        throw .refused(JobError(.objectBusy, "The database is \(state); stop it first."))
    }
}

/// A database that has ended; also takes ``DatabaseStart`` back.
struct DatabaseStop: DatabaseVerb {
    static let (name, verb) = ("database.stop", "stop")
    let engine: DatabaseEngine
}

/// What a database is doing; one without an engine or without data here does nothing.
struct DatabaseState: DatabaseVerb {
    static let (name, verb) = ("database.state", "state")
    let engine: DatabaseEngine

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard try engine.mayRun(call) else { return ["state": "stopped", "connectible": false] }
        return try await engine.run(Self.verb, call)
    }
}

/// The same with its sizes.
struct DatabaseInfo: DatabaseVerb {
    static let (name, verb) = ("database.info", "info")
    let engine: DatabaseEngine

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard try engine.mayRun(call) else {
            return ["state": "stopped", "connectible": false, "used_bytes": 0, "temporary_bytes": 0]
        }
        return try await engine.run(Self.verb, call)
    }
}

extension ActionCall {
    /// The same call about another database of the volume.
    func about(_ database: Value) -> ActionCall {
        with(arguments: arguments.merging(["database": database]) { $1 }, end: end)
    }
}

extension NodeActions {
    /// What a node can do with databases; one line for each.
    package static func databases(_ engine: DatabaseEngine) -> [any NodeAction] {
        let operations = DatabaseOperations()
        return [
            DatabaseCheck(engine: engine),
            DatabaseCreate(engine: engine),
            DatabaseDelete(engine: engine),
            DatabaseReset(engine: engine),
            DatabaseStart(engine: engine),
            DatabaseStop(engine: engine),
            DatabaseState(engine: engine),
            DatabaseRequireStopped(engine: engine),
            DatabaseInfo(engine: engine),
            DatabaseBackup(engine: engine, operations: operations),
            DatabaseRestore(engine: engine, operations: operations),
            DatabaseProgress(engine: engine, operations: operations),
            DatabaseAbort(engine: engine, operations: operations),
            BackupList(engine: engine, operations: operations),
            BackupRemove(engine: engine, operations: operations),
            BackupSweep(engine: engine, operations: operations),
            BackupDescribe(engine: engine, operations: operations),
            ArchiveCheck(engine: engine, operations: operations),
        ]
    }
}
