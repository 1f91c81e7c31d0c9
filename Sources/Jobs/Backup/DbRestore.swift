import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_restore`: an offline database as it was when a backup was made.
    package static let dbRestore = JobDefinition(
        name: "db_restore", noun: "database", summary: "Restore an offline database from a backup.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let backup = try BackupName(context.arguments.required("backup_id"), of: "backup_id")
            let archive = try document.given(archive: backup.volume)
            var options = DatabaseOptions()
            options.restoreType = try context.arguments.required("restore_type")
            return Plan(commands: [
                try context.command(DatabaseRequireStopped(), for: database, in: document, deadline: .seconds(60)),
                try context.command(
                    DatabaseRestore(from: archive.reference, path: backup.path), for: database, in: document,
                    options: options, deadline: .seconds(86_400)),
            ])
        }
    ).with {
        $0.help = "What the database holds is kept until the backup was fetched and found whole."
        $0.mandatory = [
            Parameter(
                "backup_id", .str, text: "Backup, '<volume id> <path> <database>', as db_backup_list has it under id."),
            .databaseName,
            Parameter(
                "restore_type", .str, text: "Kind of restore; PostgreSQL knows the first.",
                allowed: ["blocking", "nonblocking", "virtual access"]),
        ]
        $0.locks = { arguments in
            databaseLock(arguments) + (arguments.string("db_name").map { [.backups(of: $0)] } ?? [])
        }
        $0.recovery = .restart
        $0.example = [
            "db_name": "exa_db", "restore_type": "blocking",
            "backup_id": "10002 exa_db/id_1/level_0/node_0/backup_202504171456 exa_db",
        ]
    }
}
