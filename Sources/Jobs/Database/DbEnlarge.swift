import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
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
}
