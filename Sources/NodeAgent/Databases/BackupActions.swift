import JobEngine
import NodeCommands
import Values

extension DatabaseBackup: BackupAction {
    /// A step that runs again after a crash answers what it had completed, or clears that away and begins anew.
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> BackupDescription {
        let path = try store.checked(path)
        let archive = try await store.archive(archive, call.action)
        let passage = store.passage(call.action, for: try store.engine.account())
        let former = try await passage.interrupted()
        return try await store.operations.during(
            "Backup", on: call.database, level: description.level, volume: description.volume
        ) { () async throws(ActionError) in
            try await passage.use { (folder) async throws(ActionError) in
                try await archive.check(call.action)
                if let former {
                    let former = try store.checked(former)
                    if let whole = try await archive.description(of: former, call.action) {
                        return BackupDescription(whole)
                    }
                    try await archive.remove(former, call.action)
                }
                try passage.announce(path)
                let files = folder + "/files"
                let made = try await pack(into: files, call, store)
                try passage.give(to: archive.account)
                return try await self.store(made, from: files, in: archive, call, telling: store.operations)
            }
        }
    }

    /// Has the engine copy the database into a folder.
    private func pack(
        into files: String, _ call: DatabaseCall, _ store: BackupStore
    ) async throws(ActionError) -> Value {
        try await store.engine.run("backup", call, directory: files) { told in
            store.operations.report(told.percent / 2, text: told.text, on: call.database, call.action)
        }
    }

    /// Brings a copy into the archive, and its description after it.
    private func store(
        _ made: Value, from files: String, in archive: Archive, _ call: DatabaseCall,
        telling operations: DatabaseOperations
    ) async throws(ActionError) -> BackupDescription {
        try await archive.requireRoom(for: made["bytes"]?.int ?? 0, call.action)
        do throws(ActionError) {
            try await archive.put(files, to: path, call.action) { percent in
                operations.report(50 + percent / 2, text: "storing", on: call.database, call.action)
            }
            let whole = description.completed(by: made)
            try await archive.describe(path, as: whole.value, call.action)
            return whole
        } catch {
            // What arrived in part is not left behind; a store that went away is tidied by deleting unusable ones.
            await call.action.afterwards(within: .seconds(60)) { late in try? await archive.remove(path, late) }
            throw error.begun
        }
    }
}

extension DatabaseMayBackup: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> NoAnswer {
        guard try store.engine.mayRun(call), try await store.engine.run("state", call)["state"]?.string == "running"
        else { throw .refused(JobError(.objectBusy, "The database does not run; a backup needs a running one.")) }
        try await store.archive(archive, call.action).check(call.action)
        return NoAnswer()
    }
}

extension DatabaseRestore: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> DatabaseAnswer {
        let path = try store.checked(path)
        let archive = try await store.archive(archive, call.action)
        let passage = store.passage(call.action, for: archive.account)
        _ = try await passage.interrupted()
        let description = BackupDescription(try await archive.whole(path, call.action))
        let operations = store.operations
        return try await operations.during(
            "Restore", on: call.database, level: description.level, volume: description.volume
        ) { () async throws(ActionError) in
            try await passage.use { (folder) async throws(ActionError) in
                try await archive.get(path, to: folder + "/files", call.action) { percent in
                    operations.report(percent / 2, text: "fetching", on: call.database, call.action)
                }
                try passage.give(to: try store.engine.account())
                let answer = try await store.engine.run("restore", call, directory: folder + "/files") { told in
                    operations.report(50 + told.percent / 2, text: told.text, on: call.database, call.action)
                }
                return DatabaseAnswer(answer)
            }
        }
    }
}

extension DatabaseMayRestore: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> NoAnswer {
        let path = try store.checked(path)
        let archive = try await store.archive(archive, call.action)
        try await archive.check(call.action)
        _ = try await archive.whole(path, call.action)
        return NoAnswer()
    }
}

extension DatabaseProgress: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> Answer {
        var answer = Answer()
        guard let operation = store.operations.operation(on: call.database) else { return answer }
        answer.type = operation.type
        (answer.level, answer.volume) = (operation.level, operation.volume)
        (answer.percent, answer.text) = (operation.percent, operation.text)
        return answer
    }
}

extension DatabaseAbort: BackupAction {
    func run(_ call: DatabaseCall, _ store: BackupStore) async throws(ActionError) -> NoAnswer {
        if store.operations.abortBackup(of: call.database) { return NoAnswer() }
        throw .refused(JobError(.objectMissing, "No backup of the database is being made."))
    }
}

extension Archive {
    /// The description of the backup at a path.
    ///
    /// - Throws: `refused` when there is none.
    fileprivate func whole(_ path: String, _ call: ActionCall) async throws(ActionError) -> Value {
        if let description = try await description(of: path, call), description.map != nil { return description }
        throw .refused(
            JobError(.objectMissing, "The backup \(path.prefix(200)) is not there, or was never completed."))
    }
}
