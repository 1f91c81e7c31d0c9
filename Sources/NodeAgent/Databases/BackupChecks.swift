import JobEngine
import Values

/// `database.may-backup`: whether a backup would be refused; touches nothing.
struct DatabaseMayBackup: BackupAction {
    static let name = "database.may-backup"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard try engine.mayRun(call), try await engine.run("state", call)["state"]?.string == "running" else {
            throw .refused(JobError(.objectBusy, "The database does not run; a backup needs a running one."))
        }
        try await archive(call).check(call)
        return .null
    }
}

/// `database.may-restore`: whether the archive can be reached and has the backup (`path`); touches nothing.
struct DatabaseMayRestore: BackupAction {
    static let name = "database.may-restore"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let (path, archive) = (try backupPath(call), try await archive(call))
        try await archive.check(call)
        guard try await archive.description(of: path, call) != nil else {
            throw .refused(
                JobError(.objectMissing, "The backup \(path.prefix(200)) is not there, or was never completed."))
        }
        return .null
    }
}
