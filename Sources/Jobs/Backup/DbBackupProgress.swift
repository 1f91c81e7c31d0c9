import EXAConf
package import JobEngine

extension JobDefinition {
    /// `db_backup_progress`: how far the backup or restore of a database is.
    package static let dbBackupProgress = JobDefinition(
        name: "db_backup_progress", noun: "database", summary: "Progress of the running backup (or restore).",
        mode: .read, permission: .databases, result: "Dict with capitalised keys; empty when nothing runs.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let database = try document.given(database: context.arguments.required("db_name"))
            let command = try context.command("database.progress", database, in: document, deadline: .seconds(60))
            return Plan(commands: [command]) { (answers) throws(JobError) in
                guard let told = answers.first?.map, let type = told["type"] else { return [:] }
                return [
                    "Comment": "", "Files": [], "Level": told["level"] ?? 0, "Name": .string(database.name),
                    "Progress": told["percent"] ?? 0, "Type": type, "Volume ID": told["volume"] ?? 0,
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
            .may("Comment", .str), .may("Files", .names), .may("Level", .int), .may("Name", .str, "The database."),
            .may("Progress", .int, "Percent."), .may("Type", .str, "Backup or Restore."), .may("Volume ID", .int),
        ])
}
