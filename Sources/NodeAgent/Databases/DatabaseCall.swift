import JobEngine
import NodeCommands
import Values

/// What a command about a database is told, and what may be used.
struct DatabaseCall: Sendable {
    private(set) var action: ActionCall
    private(set) var target: DatabaseTarget
    /// What the engine's verb needs beside the database, by name as the engine reads it.
    private(set) var options: [String: Value] = [:]

    /// - Throws: `failed` with code 2 for options that cannot be told.
    init(_ action: ActionCall, _ target: DatabaseTarget) throws(ActionError) {
        self.action = action
        self.target = target
        do {
            options = try Value(encoding: target.options).map ?? [:]
        } catch {
            throw .argument("options", "cannot be told: \(error)")
        }
    }

    /// The name of the database.
    var database: String { target.database.name }

    /// Its id in the configuration.
    var databaseID: String? { target.database.id }

    /// Its data volume, for messages.
    var volumeWords: String { "volume \(target.volumeName ?? String(target.volume))" }

    /// The same call about another database of the volume.
    func about(_ database: DatabaseDescription) -> DatabaseCall {
        var copy = self
        var other = DatabaseTarget(database, volume: target.volume, volumeName: target.volumeName)
        (other.options, other.password, other.passwordHash) = (target.options, target.password, target.passwordHash)
        copy.target = other
        return copy
    }

    /// The same call about the same database at a port of this machine alone.
    func alone(at port: Int) -> DatabaseCall {
        var database = target.database
        (database.port, database.addresses) = (port, ["127.0.0.1"])
        return about(database)
    }

    /// The same call with a further option for the engine.
    func with(option name: String, _ value: Value) -> DatabaseCall {
        var copy = self
        copy.options[name] = value
        return copy
    }

    /// The same call with another end.
    func with(end: Duration) -> DatabaseCall {
        var copy = self
        copy.action = action.with(end: end)
        return copy
    }

    /// Which database it is about, and nothing else: no password and no option.
    var bare: DatabaseCall {
        var copy = with(end: .zero)
        copy.options = [:]
        copy.target = DatabaseTarget(target.database, volume: target.volume, volumeName: target.volumeName)
        return copy
    }
}

/// A task for a database a node knows how to do.
protocol DatabaseAction: DatabaseTask {
    /// Does it.
    ///
    /// - Parameter watch: Knows what is wanted of databases, and the engine.
    /// - Throws: ``ActionError``, with a message for the caller of the job.
    func run(_ call: DatabaseCall, _ watch: DatabaseWatch) async throws(ActionError) -> Answer
}

extension CommandHandler {
    init<Task: DatabaseAction>(_ kind: Task.Type, _ watch: DatabaseWatch) {
        self.init(OnDatabase<Task>.self) { (command, call) async throws(ActionError) in
            try await command.task.run(DatabaseCall(call, command.target), watch)
        }
    }

    init<Task: BackupAction>(_ kind: Task.Type, _ store: BackupStore) {
        self.init(OnDatabase<Task>.self) { (command, call) async throws(ActionError) in
            try await command.task.run(DatabaseCall(call, command.target), store)
        }
    }

    init<Command: ArchiveAction>(_ kind: Command.Type, _ store: BackupStore) {
        self.init(kind) { (command, call) async throws(ActionError) in try await command.run(call, store) }
    }

    /// What a node can do with databases; one line for each.
    ///
    /// - Parameters:
    ///   - watch: Knows what is wanted of them, and the engine.
    ///   - accounts: Whom archives are reached as.
    package static func databases(_ watch: DatabaseWatch, _ accounts: ArchiveAccounts) -> [CommandHandler] {
        let store = BackupStore(accounts: accounts, operations: DatabaseOperations())
        return [
            CommandHandler(DatabaseCheck.self, watch),
            CommandHandler(DatabaseCreate.self, watch),
            CommandHandler(DatabaseMayCreate.self, watch),
            CommandHandler(DatabaseDelete.self, watch),
            CommandHandler(DatabaseReset.self, watch),
            CommandHandler(DatabaseStart.self, watch),
            CommandHandler(DatabaseMayStart.self, watch),
            CommandHandler(DatabaseStop.self, watch),
            CommandHandler(DatabaseState.self, watch),
            CommandHandler(DatabaseRequireStopped.self, watch),
            CommandHandler(DatabaseInfo.self, watch),
            CommandHandler(DatabaseWish.self, watch),
            CommandHandler(DatabaseMayWish.self, watch),
            CommandHandler(DatabaseUnwish.self, watch),
            CommandHandler(DatabaseBackup.self, store),
            CommandHandler(DatabaseRestore.self, store),
            CommandHandler(DatabaseMayBackup.self, store),
            CommandHandler(DatabaseMayRestore.self, store),
            CommandHandler(DatabaseProgress.self, store),
            CommandHandler(DatabaseAbort.self, store),
            CommandHandler(DatabaseDrill.self, store),
            CommandHandler(DatabaseDrillEnd.self, store),
            CommandHandler(BackupList.self, store),
            CommandHandler(BackupRemove.self, store),
            CommandHandler(BackupSweep.self, store),
            CommandHandler(BackupDescribe.self, store),
            CommandHandler(ArchiveCheck.self, store),
            CommandHandler(ArchiveExamine.self, store),
        ]
    }
}
