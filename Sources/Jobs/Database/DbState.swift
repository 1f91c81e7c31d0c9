import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_state`: what a database is doing.
    package static let dbState = JobDefinition(
        name: "db_state", noun: "database", summary: "State of a database.", mode: .read, permission: .databases,
        result: "One of running, setup (offline), startup, shutdown; unknown while its node cannot be reached.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let database = try document.given(database: context.arguments.required("db_name"))
            guard context.absence(of: database) == nil else {
                return Plan { (_) throws(JobError) in "unknown" }
            }
            let command = try context.look(DatabaseState(), at: database, in: document)
            return Plan(commands: [command]) { (answers) throws(JobError) in
                .string(try OnDatabase<DatabaseState>.answer(answers.first).databaseState)
            }
        }
    ).with {
        $0.answer = .databaseState
        $0.mandatory = [.databaseName]
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}
