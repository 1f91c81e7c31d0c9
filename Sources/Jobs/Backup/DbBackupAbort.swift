import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
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
}
