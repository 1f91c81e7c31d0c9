import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_start`: a backup of a running database; the job ends with it.
    package static let dbBackupStart = JobDefinition(
        name: "db_backup_start", noun: "database", summary: "Start a backup of a running database.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let archive = try document.given(archiveOf: context.arguments)
            let (level, number) = (context.arguments.int("level") ?? 0, context.id.number)
            let minute = context.now.compactMinute(by: document.clock)
            let path = "\(database.name)/id_\(number)/level_\(level)/node_0/backup_\(minute)"
            let expiry = try context.arguments.expiry(from: context.now)
            let description = BackupDescription(
                number: number, path: path, of: database.name, level: level, volume: archive.id,
                times: (context.now.description, expiry?.description), version: database.text("Version"))
            var options = DatabaseOptions()
            options.level = level
            return Plan(commands: [
                try context.command(
                    DatabaseBackup(description, to: archive.reference, path: path), for: database, in: document,
                    options: options, deadline: .seconds(86_400))
            ])
        }
    ).with {
        $0.help = """
            The job runs as long as the backup does; `db_backup_progress` tells how far it is, `db_backup_abort` ends \
            it. PostgreSQL makes full backups, level 0. After a crash of the daemon the job begins anew.
            """
        $0.mandatory = [
            .backupVolumeID, .databaseName,
            Parameter("level", .int, text: "0 is a full backup, 1 to 9 are incremental.", range: 0...9),
        ]
        $0.optional = [
            .backupVolumeName,
            Parameter("expire", .str, text: "Life time such as '1w 3d'; without it the backup stays."),
        ]
        $0.substitutes = ["backup_volume_id": ["backup_volume_name"], "backup_volume_name": ["backup_volume_id"]]
        $0.takesBothStandIns = true
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db", "backup_volume_name": "r0001", "level": 0, "expire": "1w 3d"]
    }
}
