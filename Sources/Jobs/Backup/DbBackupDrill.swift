import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_drill`: whether a backup can be restored, started and asked, tried beside the database.
    package static let dbBackupDrill = JobDefinition(
        name: "db_backup_drill", noun: "database",
        summary: "Try whether a backup can be restored, beside the database.",
        mode: .read, permission: .databases, result: "Dict: which backup, and how long it took.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let home = context.home(of: database)
            try context.requireHome(of: database, in: document)
            let named = try context.arguments.text("backup_id").map { (text) throws(JobError) in
                try BackupName(text, of: "backup_id")
            }
            let archives = try document.archives(reachedFrom: home, of: database, named)
            let target = DatabaseTarget(
                drillOf: database.name, volume: try database.volumeID(in: document),
                memory: database.memory.map { min($0.bytes, longestMemory) })
            let task = DatabaseDrill(of: database.name, in: archives.map(\.reference), at: named?.path)
            let command = try Command(OnDatabase(task, for: target), on: home, deadline: .seconds(86_400))
            return Plan(commands: [command]) { (answers) throws(JobError) in
                let answer = try OnDatabase<DatabaseDrill>.answer(answers.first)
                guard archives.indices.contains(answer.archive) else {
                    throw JobError(.internal, "The node tried a backup of an archive it was not asked for.")
                }
                return answer.value(in: archives[answer.archive])
            }
        }
    ).with {
        $0.answer = .backupDrill
        $0.help = """
            Takes the newest full backup that can be reached from the node of the database, or the one that is named, \
            restores it into a volume of its own, starts it at a port of the machine alone, asks it something, and removes \
            everything again, also when the drill fails. The database itself is not touched and may run. The node \
            needs free room for a second copy. The setting `backups.drill_days` has the daemon do so by itself.
            """
        $0.mandatory = [.databaseName]
        $0.optional = [
            Parameter(
                "backup_id", .str,
                text:
                    "Backup, '<volume id> <path> <database>', as db_backup_list has it under id; the newest by default."
            )
        ]
        $0.locks = { arguments in
            // One at a time: each takes room for a whole database.
            [.exclusive("drill")] + (arguments.string("db_name").map { [.backups(of: $0)] } ?? [])
        }
        $0.undoes = .undoes(of: OnDatabase<DatabaseDrill>.self)
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }

    /// Bytes a database that is only asked something needs at most.
    private static let longestMemory = 512 << 20
}

extension JobContext {
    /// Fails when the node a database lives on is away: it is tried there.
    fileprivate func requireHome(of database: Database, in document: Document) throws(JobError) {
        let home = home(of: database)
        guard cluster.isElected, !cluster.isReachable(home) else { return }
        throw JobError(
            .objectBusy,
            "Node \(home) (\(document.node(id: home)?.name ?? "n\(home)")) is away, and backups of \(database.name) are tried "
                + "there.", details: ["nodes": [.int(home)]])
    }
}

extension Document {
    /// The archives a node reaches: remote ones, and local ones with a place on it.
    ///
    /// - Parameter backup: The one that is meant; `nil` for whichever is the newest.
    fileprivate func archives(
        reachedFrom node: Int, of database: Database, _ backup: BackupName?
    ) throws(JobError) -> [ArchiveVolume] {
        if let backup {
            guard backup.database == database.name else {
                throw .invalid("backup_id", "'backup_id': that is no backup of \(database.name).")
            }
            let archive = try given(archive: backup.volume)
            try archive.requirePlace(of: database, on: node, about: "backup_id")
            return [archive]
        }
        let reached = archiveVolumes.filter { $0.nodes.isEmpty || $0.nodes.contains(node) }
        guard !reached.isEmpty else {
            throw JobError(
                .objectMissing,
                "There is no archive volume node \(node) reaches, so no backup of \(database.name) to try.")
        }
        return reached
    }
}

extension DatabaseDrill.Answer {
    /// As the job answers it.
    fileprivate func value(in archive: ArchiveVolume) -> Value {
        .members([
            "backup_id": .string("\(archive.id) \(backup.path ?? "") \(backup.system ?? "")"),
            "created_at": Timestamp(backup.made).map { .string($0.description) }, "volume": .string(archive.name),
            "bytes": .int(bytes), "restore_s": .int(restoreSeconds), "start_s": .int(startSeconds),
        ])
    }
}

extension Shape {
    fileprivate static let backupDrill = Shape.object(
        "BackupDrill", text: "A backup that was restored, started, asked and removed again.",
        members: [
            .has("backup_id", .str, text: "The backup, as db_backup_list has it under id."),
            .may("created_at", .str, text: "When it was made, as RFC 3339 in UTC."),
            .has("volume", .str, text: "The name of the archive volume."),
            .has("bytes", .int, text: "What the restored data took."),
            .has("restore_s", .int, text: "Seconds until it was restored."),
            .has("start_s", .int, text: "Seconds until it answered after that."),
        ])
}
