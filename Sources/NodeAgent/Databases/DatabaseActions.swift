import JobEngine
package import Values

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

extension NodeActions {
    /// What a node can do with databases; one line for each.
    ///
    /// - Parameter watch: Knows what is wanted of them, and the engine.
    package static func databases(_ watch: DatabaseWatch) -> [any NodeAction] {
        let (engine, operations) = (watch.engine, DatabaseOperations())
        return [
            DatabaseCheck(engine: engine),
            DatabaseCreate(watch: watch),
            DatabaseMayCreate(watch: watch),
            DatabaseDelete(watch: watch),
            DatabaseReset(watch: watch),
            DatabaseStart(watch: watch),
            DatabaseMayStart(watch: watch),
            DatabaseStop(watch: watch),
            DatabaseState(watch: watch),
            DatabaseRequireStopped(watch: watch),
            DatabaseInfo(watch: watch),
            DatabaseWish(watch: watch),
            DatabaseMayWish(watch: watch),
            DatabaseUnwish(watch: watch),
            DatabaseBackup(engine: engine, operations: operations),
            DatabaseRestore(engine: engine, operations: operations),
            DatabaseMayBackup(engine: engine, operations: operations),
            DatabaseMayRestore(engine: engine, operations: operations),
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
