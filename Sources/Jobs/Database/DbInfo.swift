import EXAConf
package import JobEngine

extension JobDefinition {
    /// `db_info`: one database: nodes by name, volumes, quota in GiB, and its configuration.
    package static let dbInfo = JobDefinition(
        name: "db_info", noun: "database", summary: "Main properties and volume usage of a database.", mode: .read,
        permission: .databases, result: "Dict; some of its keys have blanks. `config` holds what is configured.",
        work: .answer { (context) throws(JobError) in
            let database = try context.document.given(database: context.arguments.required("db_name"))
            return database.information(in: context.document)
        }
    ).with {
        $0.mandatory = [.databaseName]
        $0.example = ["db_name": "exa_db"]
    }
}

extension Database {
    fileprivate func information(in document: Document) -> Value {
        let active = nodes.prefix(max(0, activeNodeCount))
        let reserve = nodes.dropFirst(max(0, activeNodeCount))
        let name = { (id: Int) in document.node(id: id)?.name ?? "n\(id)" }
        let address = active.lazy.compactMap { document.node(id: $0)?.privateNet?.address }.first
        return [
            "name": .string(self.name), "state": "setup", "connectible": "No", "operation": "None", "info": "",
            "connection string": .string(address.map { "\(Self.host($0)):\(port)" } ?? ""),
            "nodes": ["active": .strings(active.map(name)), "failed": [], "reserve": .strings(reserve.map(name))],
            "persistent volume": .string(dataVolume ?? ""), "temporary volume": "",
            "quota": .int((volumeQuota?.bytes ?? 0) >> 30), "usage persistent": [], "usage temporary": [],
            "config": configuration,
        ]
    }

    private static func host(_ address: String) -> String {
        address.utf8.contains(UInt8(ascii: ":")) ? "[\(address)]" : address
    }
}
