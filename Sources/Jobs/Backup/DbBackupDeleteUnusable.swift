import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_delete_unusable`: what was never completed goes from every archive volume.
    package static let dbBackupDeleteUnusable = JobDefinition(
        name: "db_backup_delete_unusable", noun: "database",
        summary: "Delete every backup that cannot be restored any more.", mode: .read, permission: .databases,
        result: "List of the ids of what was deleted.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let (archives, node) = (document.archiveVolumes, database.nodes.first ?? context.cluster.ownNode)
            let commands = try archives.map { (archive) throws(JobError) in
                try Command(
                    BackupSweep(archive.reference, below: database.name), on: node, deadline: .seconds(3600))
            }
            return Plan(commands: commands) { (answers) throws(JobError) in
                let swept = try answers.map { (answer) throws(JobError) in try BackupSweep.answer(answer) }
                return .strings(
                    zip(archives, swept).flatMap { archive, paths in
                        paths.map { "\(archive.id) \($0) \(database.name)" }
                    })
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
