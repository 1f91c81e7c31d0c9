import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_stop`: a database that has ended; its nodes stay up.
    package static let dbStop = JobDefinition(
        name: "db_stop", noun: "database", summary: "Stop a running database; its nodes stay up.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            try context.arguments.checkCluster(of: database)
            var options = DatabaseOptions()
            options.force = context.arguments.bool("force") ?? false
            let timeout = context.arguments.int("timeout") ?? 0
            options.timeout = timeout
            return Plan(commands: [
                try context.command(
                    DatabaseStop(), for: database, in: document, options: options,
                    deadline: .seconds(timeout > 0 ? timeout + 60 : 3600))
            ])
        }
    ).with {
        $0.mandatory = [.databaseName]
        $0.optional = [
            .databaseCluster,
            Parameter(
                "force", .bool, text: "Force the shutdown when a normal one does not work.", default: false),
            Parameter(
                "timeout", .int, text: "Seconds to wait until it has ended; 0 waits as long as an hour.", default: 0,
                range: 0...86_400),
        ]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}
