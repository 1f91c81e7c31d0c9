import JobEngine
import NodeCommands
import Values

extension DatabaseCheck: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        DatabaseAnswer(try await watch.engine.run("check", call))
    }
}

extension DatabaseCreate: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        try call.requirePort()
        let answer = try await watch.engine.run("create", call)
        await watch.change(call) { ($0.isMade, $0.createsNew) = (true, nil) }
        return DatabaseAnswer(answer)
    }
}

extension DatabaseMayCreate: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        _ = try await watch.engine.run("check", call)
        try call.requirePort()
        guard try watch.engine.mayRun(call), try await watch.engine.run("state", call)["created"]?.bool == true else {
            return NoAnswer()
        }
        throw .refused(JobError(.objectExists, "There are data of a database in \(call.volumeWords) already."))
    }
}

extension DatabaseReset: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        let answer = try await watch.engine.run("reset", call)
        await watch.change(call) { ($0.isMade, $0.createsNew) = (true, nil) }
        return DatabaseAnswer(answer)
    }
}

extension DatabaseDelete: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> DatabaseAnswer {
        var answer: Value = [:]
        if keepsData == true || !watch.engine.isInstalled {
            _ = try await DatabaseRequireStopped().run(call, watch)
        } else {
            answer = try await watch.engine.run("delete", call)
        }
        await watch.forget(call)
        return DatabaseAnswer(answer)
    }
}

extension DatabaseWish: DatabaseAction {
    /// - Throws: `refused` as ``DatabaseMayWish`` has it.
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        if createsNew == true { try await watch.requireOwnData(call) }
        await watch.change(call) { $0.createsNew = createsNew }
        return NoAnswer()
    }
}

extension DatabaseMayWish: DatabaseAction {
    /// - Throws: `refused` when the volume holds the data of another database.
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        if createsNew == true { try await watch.requireOwnData(call) }
        return NoAnswer()
    }
}

extension DatabaseUnwish: DatabaseAction {
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> NoAnswer {
        await watch.change(call) { $0.createsNew = nil }
        return NoAnswer()
    }
}

extension DatabaseWatch {
    /// Fails when the volume of a database holds the data of another one.
    fileprivate nonisolated func requireOwnData(_ call: DatabaseCall) async throws(ActionError) {
        let owner = try await state(call)["owner"]
        guard let name = owner?["name"]?.string else { return }
        let isOwn = owner?["id"]?.string.map { $0 == call.databaseID } ?? (name == call.database)
        guard !isOwn else { return }
        throw .refused(
            JobError(
                .objectBusy, "The data in \(call.volumeWords) are those of database \(name): they are not given up."))
    }
}
