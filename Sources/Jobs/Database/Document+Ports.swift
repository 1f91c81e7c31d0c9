import EXAConf
import JobEngine

/// Who has a port of the cluster, and who lives in a volume: found out before anything is made.
extension Document {
    /// Who is configured to listen on a port of one of these nodes, in words; `nil` for nobody.
    func user(ofPort port: Int, on nodes: [Int], except name: String) -> String? {
        let other = databases.first { $0.name != name && $0.port == port && !Set($0.nodes).isDisjoint(with: nodes) }
        if let other { return "database \(other.name)" }
        let service = bucketFSServices.first { [$0.httpPort, $0.httpsPort].contains(port) }
        if let service { return "file service \(service.name)" }
        return global.xmlRPCPort == port ? "this daemon" : nil
    }

    /// - Throws: ``JobError`` naming the database that lives in the volume already.
    func requireVolume(of database: Database, about parameter: String) throws(JobError) {
        guard let volume = database.dataVolume,
            let other = databases.first(where: { $0.name != database.name && $0.dataVolume == volume })
        else { return }
        throw JobError(
            .objectBusy,
            "Data volume \(volume) is that of database \(other.name): a volume holds the data of one database. Make "
                + "another with st_volume_create.",
            faults: [
                .init(pointer: "/params/\(parameter)", code: .objectBusy, text: "Database \(other.name) lives there.")
            ])
    }

    /// - Throws: ``JobError`` for a data volume without a place on the node the database lives on.
    func requirePlace(of database: Database, about parameter: String) throws(JobError) {
        guard let node = database.nodes.first, let volume = database.dataVolume.flatMap({ volume(named: $0) }),
            !volume.nodes.isEmpty, !volume.nodes.contains(node)
        else { return }
        let nodes = volume.nodes.map(String.init).joined(separator: ", ")
        throw .invalid(
            parameter,
            "'\(parameter)': volume \(volume.name) lies on node \(nodes), and database \(database.name) on node \(node), the "
                + "first of its nodes. Give a volume that has a place there.")
    }
}

extension JobContext {
    /// Who has a port of the nodes of a database: somebody in the configuration, or a program of this node.
    func holder(ofPort port: Int, for database: Database, in document: Document) -> String? {
        if let user = document.user(ofPort: port, on: database.nodes, except: database.name) { return user }
        return database.nodes.contains(cluster.ownNode) ? portHolder(port) : nil
    }

    /// - Throws: ``JobError`` naming who has the port.
    func requirePort(of database: Database, in document: Document) throws(JobError) {
        guard let holder = holder(ofPort: database.port, for: database, in: document) else { return }
        let text = "Port \(database.port) is taken by \(holder): give another one."
        throw JobError(
            .objectBusy, text, faults: [.init(pointer: "/params/port", code: .objectBusy, text: text)])
    }

    /// The first port from the usual one on that nobody has.
    func freePort(for database: Database, in document: Document) throws(JobError) -> Int {
        let free = (8563...8963).first { holder(ofPort: $0, for: database, in: document) == nil }
        guard let free else {
            throw .invalid("port", "'port': the ports 8563 to 8963 are all taken; give one.")
        }
        return free
    }
}
