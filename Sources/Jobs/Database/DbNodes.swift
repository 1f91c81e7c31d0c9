import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_add_reserve_nodes`: further nodes a database can fall back on.
    package static let dbAddReserveNodes = JobDefinition(
        name: "db_add_reserve_nodes", noun: "database", summary: "Attach cluster nodes to a database as reserve nodes.",
        mode: .modify, permission: .databases, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let added = try context.arguments.ints("node_list") ?? []
            for id in added where database.nodes.contains(id) {
                throw JobError(.objectExists, "Given node \(id) belongs to database \(database.name) already.")
            }
            try document.setNodes(of: database, to: database.nodes + added)
            return nil
        }
    ).with {
        $0.mandatory = [.databaseName, .databaseNodes]
        $0.locks = databaseLock
        $0.example = ["db_name": "exa_db", "node_list": [12]]
    }

    /// `db_remove_reserve_nodes`: nodes a database no longer falls back on.
    package static let dbRemoveReserveNodes = JobDefinition(
        name: "db_remove_reserve_nodes", noun: "database", summary: "Detach reserve nodes from a database.",
        mode: .modify, permission: .databases, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name"))
            let reserve = database.nodes.dropFirst(database.activeNodeCount)
            let removed = try context.arguments.ints("node_list") ?? []
            for id in removed where !reserve.contains(id) {
                throw JobError(.objectMissing, "Given node \(id) is no reserve node of database \(database.name).")
            }
            try document.setNodes(of: database, to: database.nodes.filter { !removed.contains($0) })
            return nil
        }
    ).with {
        $0.mandatory = [.databaseName, .databaseNodes]
        $0.locks = databaseLock
        $0.example = ["db_name": "exa_db", "node_list": [12]]
    }

    /// `db_enlarge`: a stopped database that runs on more nodes afterwards.
    package static let dbEnlarge = JobDefinition(
        name: "db_enlarge", noun: "database",
        summary: "Turn reserve nodes of a stopped database into active ones and start it.", mode: .modify,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let before = try document.given(database: context.arguments.required("db_name"))
            let reserve = before.nodes.count - before.activeNodeCount
            guard let count = context.arguments.int("num_new_nodes"), (1...max(1, reserve)).contains(count) else {
                throw .invalid("num_new_nodes", "'num_new_nodes': a number from 1 on is needed.")
            }
            guard count <= reserve else {
                throw JobError(
                    .objectMissing,
                    "Database \(before.name) has \(reserve) reserve nodes; db_add_reserve_nodes adds more.")
            }
            try document.setNodes(of: before, to: before.nodes, active: before.activeNodeCount + count)
            let after = try document.given(database: before.name)
            return Plan(commands: [
                try context.command(
                    DatabaseRequireStopped(), for: before, in: context.document, deadline: .seconds(60)),
                try context.command(DatabaseCheck(), for: after, in: document, deadline: .seconds(60)),
                try context.command(DatabaseStart(), for: after, in: document, isTakenBack: true),
            ])
        }
    ).with {
        $0.help = "Which reserve nodes become active cannot be chosen: they are taken in their order."
        $0.mandatory = [
            .databaseName,
            Parameter("num_new_nodes", .str, .int, text: "How many reserve nodes become active."),
        ]
        $0.locks = databaseLock
        $0.undoes = .undoes(of: OnDatabase<DatabaseStart>.self)
        $0.example = ["db_name": "exa_db", "num_new_nodes": 1]
    }

    /// `db_suspend_nodes`: declined: no engine here moves a running database between nodes.
    package static let dbSuspendNodes = movingNodes(
        "db_suspend_nodes",
        "Mark nodes of a database as unavailable though they keep running; on an active node it restarts elsewhere.")

    /// `db_resume_nodes`: declined for the same reason.
    package static let dbResumeNodes = movingNodes(
        "db_resume_nodes", "Make suspended nodes of a database available again.")

    private static func movingNodes(_ name: String, _ summary: String) -> JobDefinition {
        JobDefinition(
            name: name, noun: "database", summary: summary, mode: .read, permission: .databases, result: "Nothing.",
            work: .answer { (context) throws(JobError) in
                let document = context.document
                let database = try document.given(database: context.arguments.required("db_name"))
                let names = Set(database.nodes.compactMap { document.node(id: $0)?.name })
                for node in try context.arguments.strings("node_list") ?? [] where !names.contains(node) {
                    throw .missing("node \(node.echoed) of database \(database.name)")
                }
                throw JobError(
                    .unsupported,
                    "The database engine cannot move a database between nodes. To take a whole node out, use node_suspend."
                )
            }
        ).with {
            $0.mandatory = [
                .databaseName, Parameter("node_list", .list, text: "Names of nodes.", shape: .names, example: ["n12"]),
            ]
            $0.example = ["db_name": "exa_db", "node_list": ["n12"]]
        }
    }
}

extension Parameter {
    static let databaseNodes = Parameter("node_list", .list, text: "Ids of nodes.", shape: .nodes, example: [12])
}

extension Document {
    /// Gives a database these nodes; how many of them are active stays.
    mutating func setNodes(of database: Database, to nodes: [Int], active: Int? = nil) throws(JobError) {
        var settings = DatabaseSettings()
        settings.nodes = nodes
        settings.activeNodeCount = active ?? database.activeNodeCount
        try edit(about: "node_list", keys: ["Nodes": "node_list"]) { (draft) throws(EXAConfError) in
            try draft.modifyDatabase(database.name, settings)
        }
    }
}
