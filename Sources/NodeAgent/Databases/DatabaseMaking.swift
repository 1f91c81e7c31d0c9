import JobEngine
import Values

/// A new, empty database, stopped.
struct DatabaseCreate: NodeAction {
    static let name = "database.create"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let answer = try await watch.engine.run("create", call)
        await watch.change(call) { ($0.isMade, $0.createsNew) = (true, nil) }
        return answer
    }
}

/// `database.may-create`: whether the engine takes the settings, and the volume holds no data; touches nothing.
struct DatabaseMayCreate: NodeAction {
    static let name = "database.may-create"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        _ = try await watch.engine.run("check", call)
        guard try watch.engine.mayRun(call), try await watch.engine.run("state", call)["created"]?.bool == true else {
            return .null
        }
        throw .refused(JobError(.objectExists, "There are data of a database in \(call.volumeWords) already."))
    }
}

/// A stopped database loses its content.
struct DatabaseReset: NodeAction {
    static let name = "database.reset"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let answer = try await watch.engine.run("reset", call)
        await watch.change(call) { ($0.isMade, $0.createsNew) = (true, nil) }
        return answer
    }
}

/// Everything of a stopped database goes; also takes ``DatabaseCreate`` back.
struct DatabaseDelete: NodeAction {
    static let name = "database.delete"
    let watch: DatabaseWatch

    /// With `keeps_data`, what lies in the volume stays: other databases use it as well.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        var answer: Value = [:]
        if call.arguments["keeps_data"]?.bool == true || !watch.engine.isInstalled {
            _ = try await DatabaseRequireStopped(watch: watch).run(call)
        } else {
            answer = try await watch.engine.run("delete", call)
        }
        await watch.forget(call)
        return answer
    }
}

/// `database.wish`: notes what `create_new_db` asks of the next start.
struct DatabaseWish: NodeAction {
    static let name = "database.wish"
    let watch: DatabaseWatch

    /// - Throws: `refused` as ``DatabaseMayWish`` has it.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        _ = try await DatabaseMayWish(watch: watch).run(call)
        let wish = call.arguments["create_new_db"]?.bool
        await watch.change(call) { $0.createsNew = wish }
        return .null
    }
}

/// `database.may-wish`: whether a database could be made anew in its volume; touches nothing.
struct DatabaseMayWish: NodeAction {
    static let name = "database.may-wish"
    let watch: DatabaseWatch

    /// - Throws: `refused` when the volume holds the data of another database.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard call.arguments["create_new_db"]?.bool == true else { return .null }
        let owner = try await DatabaseState(watch: watch).run(call)["owner"]
        guard let name = owner?["name"]?.string else { return .null }
        let isOwn = owner?["id"]?.string.map { $0 == call.databaseID } ?? (name == call.database)
        guard !isOwn else { return .null }
        throw .refused(
            JobError(
                .objectBusy, "The data in \(call.volumeWords) are those of database \(name): they are not given up."))
    }
}

/// `database.unwish`: takes a wish back; nothing is asked for then.
struct DatabaseUnwish: NodeAction {
    static let name = "database.unwish"
    let watch: DatabaseWatch

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        await watch.change(call) { $0.createsNew = nil }
        return .null
    }
}
