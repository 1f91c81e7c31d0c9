import EXAConf
package import JobEngine
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
