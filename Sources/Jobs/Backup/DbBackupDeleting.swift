import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backups_delete`: backups that go.
    package static let dbBackupsDelete = JobDefinition(
        name: "db_backups_delete", noun: "database", summary: "Delete backups by id.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            var paths: [Int: [String]] = [:]
            for text in try context.arguments.strings("backup_list") ?? [] {
                let backup = try BackupName(text, of: "backup_list")
                guard backup.database == database.name else {
                    throw .invalid("backup_list", "'backup_list': '\(text)' is no backup of \(database.name).")
                }
                _ = try document.given(archive: backup.volume)
                paths[backup.volume, default: []].append(backup.path)
            }
            var commands: [Command] = []
            for (volume, paths) in paths.sorted(by: { $0.key < $1.key }) {
                let archive = try document.given(archive: volume)
                for node in try context.nodes(changing: archive, of: database) {
                    let remove = BackupRemove(paths, from: archive.reference)
                    commands.append(try Command(remove, on: node, deadline: .seconds(3600)))
                }
            }
            return Plan(commands: commands)
        }
    ).with {
        $0.mandatory = [
            Parameter("backup_list", .list, text: "Backups, as db_backup_list has them under id.", shape: .names),
            .databaseName,
        ]
        $0.locks = { arguments in arguments.string("db_name").map { [.backups(of: $0)] } ?? [] }
        $0.recovery = .restart
        $0.example = [
            "db_name": "exa_db", "backup_list": ["10002 exa_db/id_1/level_0/node_0/backup_202504171456 exa_db"],
        ]
    }

    /// `db_backup_delete_unusable`: what was never completed goes from every archive volume.
    package static let dbBackupDeleteUnusable = JobDefinition(
        name: "db_backup_delete_unusable", noun: "database",
        summary: "Delete every backup that cannot be restored any more.", mode: .read, permission: .databases,
        result: "List of the ids of what was deleted.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            var (commands, archives): ([Command], [Int]) = ([], [])
            for archive in document.archiveVolumes {
                for node in try context.nodes(changing: archive, of: database) {
                    let sweep = BackupSweep(archive.reference, below: database.name)
                    commands.append(try Command(sweep, on: node, deadline: .seconds(3600)))
                    archives.append(archive.id)
                }
            }
            let swept = archives
            return Plan(commands: commands) { (answers) throws(JobError) in
                let paths = try answers.map { (answer) throws(JobError) in try BackupSweep.answer(answer) }
                return .strings(
                    zip(swept, paths).flatMap { archive, paths in paths.map { "\(archive) \($0) \(database.name)" } })
            }
        }
    ).with {
        $0.answer = .names
        $0.mandatory = [.databaseName]
        $0.locks = { arguments in
            databaseLock(arguments) + (arguments.string("db_name").map { [.backups(of: $0)] } ?? [])
        }
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}
