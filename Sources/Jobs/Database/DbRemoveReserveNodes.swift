import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
}
