import JobEngine
import Values

/// An action on the backups of a database: the engine, the archive the command names, and a place between the two.
protocol BackupAction: NodeAction {
    var engine: DatabaseEngine { get }
    var operations: DatabaseOperations { get }
}

extension BackupAction {
    func archive(_ call: ActionCall) async throws(ActionError) -> Archive {
        try await Archive(namedBy: call, account: try engine.account())
    }

    func passage(_ call: ActionCall) throws(ActionError) -> Passage { Passage(call, for: try engine.account()) }

    func database(_ call: ActionCall) throws(ActionError) -> String {
        guard let name = call.arguments["database"]?.map?["name"]?.string else {
            throw .argument("database", "is missing")
        }
        return name
    }

    /// The path of a backup within its archive.
    func backupPath(_ call: ActionCall) throws(ActionError) -> String {
        try checkedPath(try call.text("path"), "path")
    }

    /// A path of an archive, which does not lead out of it.
    func checkedPath(_ path: String, _ argument: String) throws(ActionError) -> String {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." && !$0.utf8.contains(0) }) else {
            throw .argument(argument, "must be the path of a backup")
        }
        return path
    }
}

/// `database.backup`: copies a running database into an archive (`path`), with its description (`description`) last.
struct DatabaseBackup: BackupAction {
    static let name = "database.backup"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    /// Answers the description, with its size; a step that runs again after a crash answers what it had completed, or
    /// clears that away and begins anew.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let (name, path, archive, passage) = (
            try database(call), try backupPath(call), try await archive(call), try passage(call)
        )
        let former = try await passage.interrupted()
        let description = call.arguments["description"]?.map ?? [:]
        return try await operations.during(
            "Backup", on: name, level: description["level"]?.int ?? 0, volume: description["volume_id"]?.int ?? 0
        ) { () async throws(ActionError) in
            try await passage.use { (folder) async throws(ActionError) in
                try await archive.check(call)
                if let former {
                    let former = try checkedPath(former, "path")
                    if let whole = try await archive.description(of: former, call) { return whole }
                    try await archive.remove(former, call)
                }
                try passage.announce(path)
                return try await store(name, description, to: path, archive, folder + "/files", call)
            }
        }
    }

    private func store(
        _ name: String, _ description: [String: Value], to path: String, _ archive: Archive, _ files: String,
        _ call: ActionCall
    ) async throws(ActionError) -> Value {
        let operations = operations
        let made = try await engine.run("backup", call, directory: files) { told in
            operations.report(told.percent / 2, told.text, on: name, call)
        }
        try await archive.requireRoom(for: made.map?["bytes"]?.int ?? 0, call)
        do throws(ActionError) {
            try await archive.put(files, to: path, call) { percent in
                operations.report(50 + percent / 2, "storing", on: name, call)
            }
            let whole = description.merging(made.map ?? [:]) { given, _ in given }
            try await archive.describe(path, .map(whole), call)
            return .map(whole)
        } catch {
            // What arrived in part is not left behind; a store that went away is tidied by deleting unusable ones.
            await call.afterwards(within: .seconds(60)) { late in try? await archive.remove(path, late) }
            throw error.begun
        }
    }
}

/// `database.restore`: puts a stopped database back to a backup (`path`).
struct DatabaseRestore: BackupAction {
    static let name = "database.restore"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let (name, path, archive, passage) = (
            try database(call), try backupPath(call), try await archive(call), try passage(call)
        )
        _ = try await passage.interrupted()
        guard let description = try await archive.description(of: path, call)?.map else {
            throw .refused(
                JobError(.objectMissing, "The backup \(path.prefix(200)) is not there, or was never completed."))
        }
        let operations = operations
        return try await operations.during(
            "Restore", on: name, level: description["level"]?.int ?? 0, volume: description["volume_id"]?.int ?? 0
        ) { () async throws(ActionError) in
            try await passage.use { (folder) async throws(ActionError) in
                try await archive.get(path, to: folder + "/files", call) { percent in
                    operations.report(percent / 2, "fetching", on: name, call)
                }
                return try await engine.run("restore", call, directory: folder + "/files") { told in
                    operations.report(50 + told.percent / 2, told.text, on: name, call)
                }
            }
        }
    }
}

/// `backup.list`: the descriptions of the backups in archives, below `below` or of all databases.
struct BackupList: BackupAction {
    static let name = "backup.list"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    /// Answers for each archive `{"backups": […]}`, or `{"unreachable": reason}` when it cannot be used.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        _ = try Rclone.program(nil)
        return try await askEach(of: call, silent: ["unreachable": "It gave no answer in time."], listed)
    }

    private func listed(_ call: ActionCall) async throws(ActionError) -> Value {
        do throws(ActionError) {
            let archive = try await archive(call)
            try await archive.check(call)
            let found = try await archive.descriptions(below: try call.optionalText("below") ?? "", call)
            return ["backups": .list(found)]
        } catch {
            if error == .cancelled || error == .timedOut { throw error }
            return ["unreachable": .string(error.description)]
        }
    }
}

/// `backup.remove`: removes backups (`paths`) from an archive; what is gone already is fine.
struct BackupRemove: BackupAction {
    static let name = "backup.remove"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let archive = try await archive(call)
        let paths = (call.arguments["paths"]?.list ?? []).compactMap(\.string)
        for path in paths {
            try call.check()
            try await archive.remove(try checkedPath(path, "paths"), call)
        }
        return .int(paths.count)
    }
}

/// `backup.sweep`: removes what is below `below` and was never completed; answers the paths.
struct BackupSweep: BackupAction {
    static let name = "backup.sweep"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let (archive, below) = (try await archive(call), try call.text("below"))
        let whole = try await archive.descriptions(below: below, call).compactMap { $0.map?["path"]?.string }
        let broken = Set(try await archive.backups(below: below, call)).subtracting(whole).sorted()
        for path in broken { try await archive.remove(path, call) }
        return .strings(broken)
    }
}

/// `backup.describe`: gives a backup (`path`) other members of its description (`changes`).
struct BackupDescribe: BackupAction {
    static let name = "backup.describe"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        let (archive, below) = (try await archive(call), try backupPath(call))
        let known = try await archive.descriptions(below: below, call)
        guard !known.isEmpty else {
            throw .refused(JobError(.objectMissing, "There is no backup at \(below.prefix(200))."))
        }
        for description in known {
            guard let path = description.map?["path"]?.string else { continue }
            let changed = (description.map ?? [:]).merging(call.arguments["changes"]?.map ?? [:]) { $1 }
            try await archive.describe(path, .map(changed), call)
        }
        return .int(known.count)
    }
}

/// `database.progress`: how far the backup or restore of a database is; no member when there is none.
struct DatabaseProgress: BackupAction {
    static let name = "database.progress"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        guard let operation = operations.operation(on: try database(call)) else { return [:] }
        return [
            "type": .string(operation.type), "level": .int(operation.level), "volume": .int(operation.volume),
            "percent": .int(operation.percent), "text": .string(operation.text),
        ]
    }
}

/// `database.abort`: ends the backup of a database.
struct DatabaseAbort: BackupAction {
    static let name = "database.abort"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        if operations.abortBackup(of: try database(call)) { return .null }
        throw .refused(JobError(.objectMissing, "No backup of the database is being made."))
    }
}

/// `archive.check`: whether archives can be reached from this node.
struct ArchiveCheck: BackupAction {
    static let name = "archive.check"
    let engine: DatabaseEngine
    let operations: DatabaseOperations

    /// Answers `Online` or `Connection problem` for each.
    func run(_ call: ActionCall) async throws(ActionError) -> Value {
        try await askEach(of: call, silent: "Connection problem", checked)
    }

    private func checked(_ call: ActionCall) async throws(ActionError) -> Value {
        do throws(ActionError) {
            try await archive(call).check(call)
            return "Online"
        } catch {
            switch error {
            case .failed: return "Connection problem"
            case .refused(let reason) where reason.code != .unsupported: return "Connection problem"
            default: throw error
            }
        }
    }
}
