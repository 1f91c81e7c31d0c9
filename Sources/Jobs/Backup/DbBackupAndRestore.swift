import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_progress`: how far the backup or restore of a database is.
    package static let dbBackupProgress = JobDefinition(
        name: "db_backup_progress", noun: "database", summary: "Progress of the running backup (or restore).",
        mode: .read, permission: .databases, result: "Dict with capitalised keys; empty when nothing runs.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let database = try document.given(database: context.arguments.required("db_name"))
            let isAway = context.absence(of: database) != nil
            let command = try context.look(DatabaseProgress(), at: database, in: document)
            return Plan(commands: isAway ? [] : [command]) { (answers) throws(JobError) in
                guard let answer = answers.first else { return [:] }
                let told = try OnDatabase<DatabaseProgress>.answer(answer)
                guard let type = told.type else { return [:] }
                return [
                    "Comment": "", "Files": [], "Level": .int(told.level ?? 0), "Name": .string(database.name),
                    "Progress": .int(told.percent ?? 0), "Type": .string(type), "Volume ID": .int(told.volume ?? 0),
                ]
            }
        }
    ).with {
        $0.answer = .backupProgress
        $0.mandatory = [.databaseName]
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }

    /// `db_backup_start`: a backup of a running database; the job ends with it.
    package static let dbBackupStart = JobDefinition(
        name: "db_backup_start", noun: "database", summary: "Start a backup of a running database.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let archive = try document.given(archiveOf: context.arguments)
            try archive.requirePlace(
                of: database, on: context.home(of: database),
                about: context.arguments["backup_volume_id"] == nil ? "backup_volume_name" : "backup_volume_id")
            let (level, number) = (context.arguments.int("level") ?? 0, context.id.number)
            // One that is begun anew after a crash has the place it had: what is there is its own, and is made over.
            let moment = context.begun ?? context.now
            let minute = moment.compactMinute(by: document.clock)
            let path = "\(database.name)/id_\(number)/level_\(level)/node_0/backup_\(minute)"
            let expiry = try context.arguments.expiry(from: moment)
            let description = BackupDescription(
                number: number, path: path, of: database.name, level: level, volume: archive.id,
                times: (moment.description, expiry?.description), version: database.text("Version"))
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
            it. PostgreSQL makes full backups, level 0. It goes from the node of the database into the archive: a local \
            volume has to have a place on that node. After a crash of the daemon the job begins anew.
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

    /// `db_backup_abort`: the running backup of a database ends without one; what was stored is removed.
    package static let dbBackupAbort = JobDefinition(
        name: "db_backup_abort", noun: "database", summary: "Abort a running backup.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            return Plan(commands: [
                try context.command(DatabaseAbort(), for: database, in: document, deadline: .seconds(60))
            ])
        }
    ).with {
        $0.mandatory = [.databaseName]
        $0.example = ["db_name": "exa_db"]
    }

    /// `db_restore`: an offline database as it was when a backup was made.
    package static let dbRestore = JobDefinition(
        name: "db_restore", noun: "database", summary: "Restore an offline database from a backup.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let backup = try BackupName(context.arguments.required("backup_id"), of: "backup_id")
            let archive = try document.given(archive: backup.volume)
            try archive.requirePlace(of: database, on: context.home(of: database), about: "backup_id")
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
        $0.help = """
            What the database holds is kept until the backup was fetched and found whole. A backup in a local volume, or in a \
            folder, is fetched on the node it lies on alone; one in a remote volume wherever the database lives now.
            """
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

extension Shape {
    fileprivate static let backupProgress = Shape.object(
        "DbBackupProgressResult", text: "A backup or restore on its way; nothing when none is.",
        members: [
            .may("Comment", .str, text: "Always empty."), .may("Files", .names, text: "Always empty."),
            .may("Level", .int, text: "0 is a full backup."), .may("Name", .str, text: "The database."),
            .may("Progress", .within(0...100), text: "Percent."), .may("Type", .word(["Backup", "Restore"])),
            .may("Volume ID", .int, text: "The archive volume."),
        ])
}
