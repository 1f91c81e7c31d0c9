package import JobEngine

extension JobDefinition {
    /// `db_state`: `setup`, the state of a database that is not running.
    package static let dbState = JobDefinition(
        name: "db_state", noun: "database", summary: "State of a database.", mode: .read, permission: .databases,
        result: "One of running, setup (offline), startup, shutdown.",
        work: .answer { (context) throws(JobError) in
            _ = try context.document.given(database: context.arguments.required("db_name"))
            // No database engine is started from here, so none is ever in another state.
            return "setup"
        }
    ).with {
        $0.mandatory = [.databaseName]
        $0.example = ["db_name": "exa_db"]
    }
}
