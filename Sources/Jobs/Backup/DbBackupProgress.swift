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
}

extension Shape {
    fileprivate static let backupProgress = Shape.object(
        "DbBackupProgressResult", "A backup or restore on its way; nothing when none is.",
        [
            .may("Comment", .str, "Always empty."), .may("Files", .names, "Always empty."),
            .may("Level", .int, "0 is a full backup."), .may("Name", .str, "The database."),
            .may("Progress", .within(0...100), "Percent."), .may("Type", .word(["Backup", "Restore"])),
            .may("Volume ID", .int, "The archive volume."),
        ])
}
