import EXAConf
import JobEngine
import NodeCommands
import Values

/// Which nodes have what is in archives: a volume of nodes is on their disks, a folder is one of the node that is asked, and
/// every node reaches what is elsewhere.
extension ArchiveVolume {
    /// Whether it is a volume of nodes the configuration names.
    private var isLocal: Bool { reference.volume != nil && !nodes.isEmpty }
    /// Whether what is in it depends on the node that is asked: it is a folder there, unless all nodes have mounted the same one.
    private var isOfNode: Bool { reference.type == "file" || reference.volume != nil }
    /// Whether every node reaches it.
    fileprivate var isEverywhere: Bool { !isOfNode }

    /// Refuses a local volume that has no place on a node: no backup is brought from one node to another.
    ///
    /// - Parameter parameter: What is blamed.
    func requirePlace(of database: Database, on node: Int, about parameter: String) throws(JobError) {
        guard isLocal, !nodes.contains(node) else { return }
        let own = nodes.map(String.init).joined(separator: ", ")
        throw .invalid(
            parameter,
            "'\(parameter)': archive volume \(name) lies on node \(own), and database \(database.name) on node \(node): give a "
                + "remote volume, or an archive volume of node \(node).")
    }

    /// The nodes that are asked for backups of a database, of those that can be reached; `home` is where it lives.
    fileprivate func nodes(lookingFrom home: Int, _ context: JobContext) -> [Int] {
        isLocal ? nodes.filter(context.cluster.isReachable).sorted() : [context.node(among: [home])]
    }

    /// The nodes on which backups of a database can be; each has to be reached to change them.
    fileprivate func nodes(changingFrom home: Int, _ context: JobContext) throws(JobError) -> [Int] {
        if isLocal {
            let there = nodes.filter(context.cluster.isReachable)
            // Nodes that never joined a node alone have nothing of it.
            return try context.present((context.cluster.isElected || there.isEmpty ? nodes : there).sorted())
        }
        return isOfNode ? try context.present([home]) : [context.node(among: [home])]
    }
}

extension JobContext {
    /// Which archives each node is asked for backups of a database.
    func archives(
        askedFor database: Database, _ archives: [ArchiveVolume]
    ) -> [(node: Int, archives: [ArchiveVolume])] {
        let home = home(of: database)
        let asked = archives.flatMap { archive in archive.nodes(lookingFrom: home, self).map { ($0, archive) } }
        return Set(asked.map(\.0)).sorted().map { node in (node, asked.filter { $0.0 == node }.map(\.1)) }
    }

    /// The nodes on which what there is of a database in an archive is changed.
    ///
    /// - Throws: `objectBusy` when one of them is away: what is there would stay.
    func nodes(changing archive: ArchiveVolume, of database: Database) throws(JobError) -> [Int] {
        try archive.nodes(changingFrom: home(of: database), self)
    }

    /// The node a backup lies on: that of its database where the archive is on it, else the first the archive is on.
    ///
    /// - Parameter name: Of the database, which may be gone.
    /// - Throws: `objectBusy` when it is away.
    func node(ofBackupsOf name: String?, in archive: ArchiveVolume) throws(JobError) -> Int {
        let home = (document.databases.first { $0.name == name }?.nodes.prefix(1)).map(Array.init) ?? []
        if archive.isEverywhere { return node(among: home) }
        let isThere = archive.nodes.isEmpty || !Set(archive.nodes).isDisjoint(with: home)
        return try present(isThere ? home : Array(archive.nodes.prefix(1))).first ?? cluster.ownNode
    }

    /// The same nodes, if all of them can be reached.
    fileprivate func present(_ nodes: [Int]) throws(JobError) -> [Int] {
        let away = nodes.filter { !cluster.isReachable($0) }
        guard away.isEmpty else {
            let names = away.map(String.init).joined(separator: ", ")
            throw JobError(
                .objectBusy, "Node \(names) is away, and backups can be there. Try again when it is back.",
                details: ["nodes": .ints(away)])
        }
        return nodes
    }
}
