import JobEngine
import Values

/// A database that serves clients. One that was never made is made first; of one that was, missing data are missing.
///
/// Arguments beside those of the engine: `others`, databases of the same volume, and `volume_name`.
struct DatabaseStart: NodeAction {
    static let name = "database.start"
    let watch: DatabaseWatch

    /// Answers `{"created": {"user"}}` when an empty database was made.
    ///
    /// - Throws: `refused` as ``DatabaseMayStart`` has it; `failed` with the engine's words when it does not come up.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let state = try await DatabaseMayStart(watch: watch).examine(call)
        let (engine, createsNew) = (watch.engine, await watch.entry(call).createsNew == true)
        var made: Value?
        if state["state"]?.string == "stopped", createsNew || state["created"]?.bool != true {
            let anew = createsNew ? call.with(options: ["replace": true]) : call
            made = try await engine.run("create", anew)
            await watch.change(call) { $0.createsNew = nil }
        }
        _ = try await engine.run("start", call)
        // The engine's word alone would be an answer without a server.
        let seen = try await engine.run("state", call)
        guard ["running", "starting"].contains(seen["state"]?.string) else {
            throw .failed(code: 1, message: "The database ended as soon as it was started.")
        }
        let now = watch.now
        await watch.change(call) { $0.start(seen, at: now) }
        return made.map { ["created": $0] } ?? .null
    }
}

/// `database.may-start`: whether a start would be refused, and why; touches nothing.
struct DatabaseMayStart: NodeAction {
    static let name = "database.may-start"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        _ = try await examine(call)
        return .null
    }

    /// The state of a database that runs, or could be started.
    ///
    /// - Throws: `refused` for missing data, a volume another database runs in, a port somebody else has.
    func examine(_ call: ActionCall) async throws(ActionError) -> Value {
        let state = try await DatabaseState(watch: watch).run(call)
        guard state["state"]?.string == "stopped", watch.engine.isInstalled else { return state }
        for other in call.arguments["others"]?.list ?? [] {
            let told = try await DatabaseState(watch: watch).run(call.about(other))["state"]?.string ?? "stopped"
            guard told == "stopped" else {
                let name = other["name"]?.string ?? ""
                throw .refused(
                    JobError(.objectBusy, "The data \(call.volumeWords) is in use: database \(name) is \(told)."))
            }
        }
        if state["created"]?.bool != true { try await requireUnmade(call) }
        try requirePort(call)
        return state
    }

    private func requireUnmade(_ call: ActionCall) async throws(ActionError) {
        let wish = await watch.entry(call).createsNew
        if wish == true { return }
        let name = call.database
        if await watch.wasMade(call) {
            throw .refused(
                JobError(
                    .objectMissing,
                    "The data of \(name) are not in \(call.volumeWords). Bring them back, or give them up: db_reset makes "
                        + "an empty database."))
        }
        guard wish == false else { return }
        throw .refused(
            JobError(
                .objectMissing,
                "There are no data in \(call.volumeWords), and 'create_new_db' of \(name) is false: no empty database is "
                    + "made."))
    }

    private func requirePort(_ call: ActionCall) throws(ActionError) {
        guard let port = call.arguments["database"]?["port"]?.int else { return }
        guard let holder = PortHolder.of(port) else { return }
        throw .refused(JobError(.objectBusy, "Port \(port) is taken by \(holder)."))
    }
}

/// A database that has ended; also takes ``DatabaseStart`` back.
struct DatabaseStop: NodeAction {
    static let name = "database.stop"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        // Before it ends, so that its end is no surprise, after a start of the daemon neither.
        await watch.change(call) { $0.isStopping = true }
        do throws(ActionError) {
            let answer = try await end(call)
            let now = watch.now
            await watch.change(call) { $0.stop(at: now) }
            return answer
        } catch {
            await watch.change(call) { $0.isStopping = false }
            throw error
        }
    }

    private func end(_ call: ActionCall) async throws(ActionError) -> Value {
        if try watch.engine.mayRun(call) || !watch.engine.isInstalled {
            return try await watch.engine.run("stop", call)
        }
        guard let server = await watch.server(call) else { return ["already": true] }
        throw .refused(
            JobError(
                .objectBusy,
                "The data of \(call.database) were moved away while it runs: its server, process \(server.id), ends by "
                    + "itself when it notices. Try again then."))
    }
}

/// Fails unless a database is stopped.
struct DatabaseRequireStopped: NodeAction {
    static let name = "database.require-stopped"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let state = try await DatabaseState(watch: watch).run(call)["state"]?.string ?? "stopped"
        if state == "stopped" { return .null }
        throw .refused(JobError(.objectBusy, "The database is \(state); stop it first."))
    }
}

/// What a database is doing; one without an engine or without data here does nothing.
struct DatabaseState: NodeAction {
    static let name = "database.state"
    let watch: DatabaseWatch

    /// Answers what the engine does, with `wanted`, `since` and `ended` beside it.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        if try watch.engine.mayRun(call) { return await watch.see(try await watch.engine.run("state", call), call) }
        // A server whose data were moved away under it ends when it notices.
        if await watch.server(call) != nil { return ["state": "stopping", "connectible": false, "created": false] }
        return await watch.see(["state": "stopped", "connectible": false, "created": false], call)
    }
}

/// The same with its sizes; `missing` when it was made and has no data here.
struct DatabaseInfo: NodeAction {
    static let name = "database.info"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let state = try await DatabaseState(watch: watch).run(call)
        var answer: Value = ["used_bytes": 0, "temporary_bytes": 0]
        if try watch.engine.mayRun(call) { answer = await watch.see(try await watch.engine.run("info", call), call) }
        var members = (answer.map ?? [:]).merging(state.map ?? [:]) { $1 }
        if state["created"]?.bool != true, await watch.wasMade(call) {
            members["missing"] = .string("The data of \(call.database) are not in \(call.volumeWords).")
        }
        return .map(members)
    }
}

extension ActionCall {
    /// The same call about another database of the volume.
    func about(_ database: Value) -> ActionCall {
        with(arguments: arguments.merging(["database": database]) { $1 }, end: end)
    }

    /// The same call with further options for the engine.
    func with(options: [String: Value]) -> ActionCall {
        let all = (arguments["options"]?.map ?? [:]).merging(options) { $1 }
        return with(arguments: arguments.merging(["options": .map(all)]) { $1 }, end: end)
    }
}
