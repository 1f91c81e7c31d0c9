import EXAConf
import Values

/// What the daemon itself wants to know of databases.
extension JobScheduler {
    /// Whether the jobs that are kept say that a database of this name was made, and was not removed since.
    package func hasMade(database name: String) async -> Bool {
        var query = JobQuery()
        query.types = ["db_create", "db_start", "db_reset", "db_restore", "db_delete"]
        query.outcomes = [.ok]
        query.text = name
        query.limit = 1000
        let jobs = (try? await jobs(query))?.jobs ?? []
        return jobs.first { $0.parameters["db_name"]?.string == name }.map { $0.type != "db_delete" } ?? false
    }

    /// Looks at every database once, so that what happened to one while the daemon was away is noticed.
    package func lookAtDatabases() async {
        for database in configuration.document.databases { _ = await told("db_state", of: database.name) }
    }
}
