import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
