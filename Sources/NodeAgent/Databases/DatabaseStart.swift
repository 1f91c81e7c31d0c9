import JobEngine
import NodeCommands
import Values

extension DatabaseStart: DatabaseAction {
    /// - Throws: `refused` as ``DatabaseMayStart`` has it; `failed` with the engine's words when it does not come up.
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> Answer {
        let state = try await call.requireStartable(besides: others, watch)
        let (engine, createsNew) = (watch.engine, await watch.entry(call).createsNew == true)
        var made: Value?
        if state["state"]?.string == "stopped", createsNew || state["created"]?.bool != true {
            let anew = createsNew ? call.with(option: "replace", true) : call
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
        return made.map { Made(created: DatabaseAnswer($0)) }
    }
}

extension DatabaseMayStart: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        _ = try await call.requireStartable(besides: others, watch)
        return NoAnswer()
    }
}

extension DatabaseCall {
    /// The state of a database that runs, or could be started.
    ///
    /// - Throws: `refused` for missing data, a volume another database runs in, a port somebody else has.
    fileprivate func requireStartable(
        besides others: [DatabaseDescription]?, _ watch: DatabaseWatch
    ) async throws(ActionError) -> Value {
        let state = try await watch.state(self)
        guard state["state"]?.string == "stopped", watch.engine.isInstalled else { return state }
        for other in others ?? [] {
            let told = try await watch.state(about(other))["state"]?.string ?? "stopped"
            guard told == "stopped" else {
                throw .refused(
                    JobError(.objectBusy, "The data \(volumeWords) is in use: database \(other.name) is \(told)."))
            }
        }
        if state["created"]?.bool != true { try await requireUnmade(watch) }
        try requirePort()
        return state
    }

    private func requireUnmade(_ watch: DatabaseWatch) async throws(ActionError) {
        let wish = await watch.entry(self).createsNew
        if wish == true { return }
        if await watch.wasMade(self) {
            throw .refused(
                JobError(
                    .objectMissing,
                    "The data of \(database) are not in \(volumeWords). Bring them back, or give them up: db_reset makes "
                        + "an empty database."))
        }
        guard wish == false else { return }
        throw .refused(
            JobError(
                .objectMissing,
                "There are no data in \(volumeWords), and 'create_new_db' of \(database) is false: no empty database is "
                    + "made."))
    }

    /// - Throws: `refused`, naming who has the port of the database on this node.
    func requirePort() throws(ActionError) {
        guard let port = target.database.port, let holder = PortHolder.of(port) else { return }
        throw .refused(JobError(.objectBusy, "Port \(port) is taken by \(holder)."))
    }
}

extension DatabaseStop: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> Answer {
        // Before it ends, so that its end is no surprise, after a start of the daemon neither.
        await watch.change(call) { $0.isStopping = true }
        do throws(ActionError) {
            let answer = try await end(call, watch)
            let now = watch.now
            await watch.change(call) { $0.stop(at: now) }
            return DatabaseAnswer(answer)
        } catch {
            await watch.change(call) { $0.isStopping = false }
            throw error
        }
    }

    private func end(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> Value {
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

extension DatabaseRequireStopped: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        let state = try await watch.state(call)["state"]?.string ?? "stopped"
        if state == "stopped" { return NoAnswer() }
        throw .refused(JobError(.objectBusy, "The database is \(state); stop it first."))
    }
}

extension DatabaseState: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        DatabaseAnswer(try await watch.state(call))
    }
}

extension DatabaseInfo: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        let state = try await watch.state(call)
        var answer: Value = ["used_bytes": 0, "temporary_bytes": 0]
        if try watch.engine.mayRun(call) { answer = await watch.see(try await watch.engine.run("info", call), call) }
        var members = (answer.map ?? [:]).merging(state.map ?? [:]) { $1 }
        if state["created"]?.bool != true, await watch.wasMade(call) {
            members["missing"] = .string("The data of \(call.database) are not in \(call.volumeWords).")
        }
        return DatabaseAnswer(.map(members))
    }
}

extension DatabaseWatch {
    /// What the engine says a database does, with `wanted`, `since` and `ended` beside it. One without an engine or without
    /// data here does nothing.
    nonisolated func state(_ call: DatabaseCall) async throws(ActionError) -> Value {
        if try engine.mayRun(call) { return await see(try await engine.run("state", call), call) }
        // A server whose data were moved away under it ends when it notices.
        if await server(call) != nil { return ["state": "stopping", "connectible": false, "created": false] }
        return await see(["state": "stopped", "connectible": false, "created": false], call)
    }
}
