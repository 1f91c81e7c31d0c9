import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_delete`: an offline database goes, with everything in it; its volume stays.
    package static let dbDelete = JobDefinition(
        name: "db_delete", noun: "database", summary: "Remove a database.", mode: .modify, permission: .databases,
        result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            try document.edit(about: "db_name") { (draft) throws(EXAConfError) in
                try draft.removeDatabase(database.name)
            }
            // One that never had a place here has nothing to be removed but its section.
            guard (try? database.volumeID(in: context.document)) != nil else { return Plan() }
            let isShared = !context.document.databases(sharing: database).isEmpty
            return Plan(commands: [
                try context.command(DatabaseDelete(keepsData: isShared), for: database, in: context.document)
            ])
        }
    ).with {
        $0.help = """
            The database has to be stopped. Its backups stay in their volumes, and its data when another database uses \
            the same data volume.
            """
        $0.mandatory = [.databaseName]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}
