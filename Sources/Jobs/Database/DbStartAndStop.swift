import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_start`: a database that serves clients; at its first start it is made, and the password of its user told.
    package static let dbStart = JobDefinition(
        name: "db_start", noun: "database", summary: "Start a stopped database.", mode: .read, permission: .databases,
        result: "Nothing; at the first start of a database without a password hash, `user` and `password`.",
        work: .act { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            try context.arguments.checkCluster(of: database)
            let password = context.newPassword()
            let timeout = context.arguments.int("timeout") ?? 0
            var options = DatabaseOptions()
            options.timeout = timeout
            options.maintenance = context.arguments.bool("maintenance") ?? false
            options.auditing = database.isAuditingEnabled
            let others = try document.databases(sharing: database).map { (other) throws(JobError) in
                try other.description(in: document)
            }
            let command = try context.command(
                DatabaseStart(besides: others), for: database, in: document, options: options, password: password,
                deadline: timeout > 0 ? .seconds(timeout + 60) : .seconds(86_400))
            return Plan(commands: [command]) { (answers) throws(JobError) in
                guard database.needsPassword,
                    let made = try OnDatabase<DatabaseStart>.answer(answers.first)?.created
                else { return nil }
                return .members(["user": made.user.map(Value.string), "password": .string(password)])
            }
        }
    ).with {
        $0.answer = .newPassword
        $0.help = """
            A database that was configured but never made is made first; of one that was, missing data are an error. \
            Its user gets the password behind `default_sys_passwd_hash`, or else a new one, which is told in the result \
            and kept nowhere.
            """
        $0.mandatory = [.databaseName]
        $0.optional = [
            .databaseCluster,
            Parameter("maintenance", .bool, text: "Start in maintenance mode; support use.", default: false),
            Parameter(
                "timeout", .int,
                text: "Seconds to wait until it runs; then the start is aborted. 0 waits without a limit.",
                default: 0, range: 0...86_400),
        ]
        $0.secretResults = ["password"]
        $0.locks = databaseLock
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }

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

extension Parameter {
    static let databaseCluster = Parameter(
        "cluster", .str, text: "Which clusters of the database: a name, '+all', or 'MAIN' (as the database's own name)."
    )
}

extension Arguments {
    /// - Throws: ``JobError`` unless the parameter `cluster` means the main cluster, the only one there is here.
    func checkCluster(of database: Database) throws(JobError) {
        guard let cluster = string("cluster"), !["MAIN", "+all", database.name].contains(cluster) else { return }
        throw .missing("cluster \(cluster.echoed) of database \(database.name)")
    }
}

extension Document {
    /// Other databases in the same data volume: only one of them can run at a time.
    func databases(sharing database: Database) -> [Database] {
        databases.filter { $0.name != database.name && $0.dataVolume == database.dataVolume }
    }
}

extension Database {
    /// Whether its user has no password yet, and gets a new one where the database is made.
    var needsPassword: Bool { defaultSysPasswdHash?.isEmpty ?? true }
}
