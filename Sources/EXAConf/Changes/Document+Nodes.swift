/// Nodes of the cluster.
extension Document {
    /// Ids below this one are reserved.
    package static let firstNodeID = 11

    /// Adds a node and answers its id.
    ///
    /// - Parameter id: the highest id plus 1 by default, at least 11.
    /// - Throws: `exists` for an id, name, address or Docker volume another node has, `invalid`.
    @discardableResult
    package mutating func addNode(
        id: Int? = nil, _ settings: NodeSettings, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) -> Int {
        let highest = nodes.compactMap(\.id).max() ?? 0
        let id = id ?? max(Self.firstNodeID, highest + 1)
        try Self.check(id, in: Self.firstNodeID...9_999, key: "Node id")
        guard node(id: id) == nil else { throw EXAConfError.exists("Node \(id)") }
        var complete = settings
        guard settings.privateNet != nil else { throw EXAConfError.invalid("PrivateNet: a new node needs an address.") }
        complete.name = settings.name ?? "n\(id)"
        complete.publicNet = settings.publicNet ?? ""
        complete.affinity = settings.affinity ?? id
        complete.uuid = settings.uuid ?? Identifiers.nodeUUID(using: &random)
        complete.exposedPorts = settings.exposedPorts ?? defaultPorts(of: id)
        if global.isDocker { complete.dockerVolume = settings.dockerVolume ?? complete.name }
        let template = nodes.first?.section.sections(kind: "Disk") ?? []
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.node(id))
            try draft.write(try complete.assignments(id: id), to: .node(id))
            if settings.disks == nil { try draft.change(.node(id)) { $0.sections = template } }
            for (name, disk) in (settings.disks ?? [:]).sorted(by: { $0.key < $1.key }) {
                try draft.addDisk(name, node: id, disk)
            }
            try draft.checkNodesAreDistinct(id)
        }
        return id
    }

    /// Changes keys of a node; disks that are named are added or changed.
    ///
    /// - Throws: `missing` without the node, `exists` for a name, address or volume another node has, `invalid`.
    package mutating func modifyNode(_ id: Int, _ settings: NodeSettings) throws(EXAConfError) {
        _ = try require(.node(id))
        try atomically { (draft) throws(EXAConfError) in
            try draft.write(try settings.assignments(id: id), to: .node(id))
            for (name, disk) in (settings.disks ?? [:]).sorted(by: { $0.key < $1.key }) {
                let path = SectionPath.disk(name, node: id)
                if !draft.contains(path) { try draft.addSection(path) }
                try draft.write(try disk.assignments(), to: path)
            }
            try draft.checkNodesAreDistinct(id)
        }
    }

    /// Takes a node out.
    ///
    /// - Parameter force: also when volumes or databases list it; their lists stay as they are.
    /// - Throws: `missing` without the node, `inUse` by volumes and databases.
    package mutating func removeNode(_ id: Int, force: Bool = false) throws(EXAConfError) {
        _ = try require(.node(id))
        let users =
            volumes.filter { $0.nodes.contains(id) }.map(\.headerText)
            + databases.filter { $0.nodes.contains(id) }.map(\.headerText)
        guard force || users.isEmpty else { throw EXAConfError.inUse("Node \(id)", by: users) }
        removeSection(.node(id))
    }

    /// Gives a node a preference for elections; nil resets it to the node id.
    ///
    /// - Throws: `missing` without the node.
    package mutating func setAffinity(_ affinity: Int?, node id: Int) throws(EXAConfError) {
        try set("Affinity", to: String(affinity ?? id), in: .node(id))
    }

    /// Stores the state of a node, such as `suspended`; nil or the empty text brings it back into service.
    ///
    /// - Throws: `missing` without the node, `invalid` for a text the file cannot hold.
    package mutating func setState(_ state: String?, node id: Int) throws(EXAConfError) {
        if let state, !state.isEmpty {
            try set("State", to: state.lowercased(), in: .node(id))
        } else {
            try remove("State", in: .node(id))
        }
    }

    private func defaultPorts(of id: Int) -> [PortPair] {
        let ports = databases.map(\.port) + bucketFSServices.flatMap { [$0.httpPort, $0.httpsPort] }
        var seen: Set<Int> = [0]
        return ports.filter { (1...65_535).contains($0) && seen.insert($0).inserted }
            .compactMap { PortPair(container: $0, host: $0 + id) }
    }

    private func checkNodesAreDistinct(_ id: Int) throws(EXAConfError) {
        guard let node = node(id: id) else { return }
        for other in nodes where other.id != id {
            if other.name == node.name { throw EXAConfError.exists("A node named '\(node.name)'") }
            if let net = node.privateNet, other.privateNet?.bytes == net.bytes {
                throw EXAConfError.exists("A node with private address \(net.address)")
            }
            if let net = node.publicNet, other.publicNet?.bytes == net.bytes {
                throw EXAConfError.exists("A node with public address \(net.address)")
            }
            if let volume = node.dockerVolume, other.dockerVolume == volume {
                throw EXAConfError.exists("A node with Docker volume '\(volume)'")
            }
        }
        if let first = nodes.first?.privateNet, let net = node.privateNet, !first.contains(net) {
            throw EXAConfError.invalid("\(net) is not in the network of the cluster, that of \(first).")
        }
    }
}
