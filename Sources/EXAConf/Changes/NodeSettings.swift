/// What a node is given; nil leaves the key as it is, or to its default for a new node.
package struct NodeSettings: Sendable, Hashable {
    /// Address inside the cluster; runs of `x` stand for the node id.
    package var privateNet: String?
    /// Address outside; runs of `x` stand for the node id, the empty text is none.
    package var publicNet: String?
    /// `n` and the id by default.
    package var name: String?
    /// The node id by default.
    package var affinity: Int?
    /// 40 upper-case hexadecimal digits or `IMPORT`; random by default.
    package var uuid: String?
    /// Directory below the root directory of `[Docker]`.
    package var dockerVolume: String?
    /// Ports of databases and BucketFS services by default, each mapped to itself plus the node id.
    package var exposedPorts: [PortPair]?
    /// Platforms other than Docker.
    package var privateInterface: String?
    /// Platforms other than Docker.
    package var publicInterface: String?
    /// Disks by name; for a new node those of the first node by default.
    package var disks: [String: DiskSettings]?

    /// Nothing is changed by an argument that is left out.
    package init(
        privateNet: String? = nil, publicNet: String? = nil, name: String? = nil, affinity: Int? = nil,
        uuid: String? = nil, dockerVolume: String? = nil, exposedPorts: [PortPair]? = nil,
        privateInterface: String? = nil, publicInterface: String? = nil, disks: [String: DiskSettings]? = nil
    ) {
        self.privateNet = privateNet
        self.publicNet = publicNet
        self.name = name
        self.affinity = affinity
        self.uuid = uuid
        self.dockerVolume = dockerVolume
        self.exposedPorts = exposedPorts
        self.privateInterface = privateInterface
        self.publicInterface = publicInterface
        self.disks = disks
    }

    func assignments(id: Int) throws(EXAConfError) -> [Assignment] {
        if let uuid, !Identifiers.isNodeUUID(uuid) {
            throw EXAConfError.invalid("UUID: use 40 upper-case hexadecimal digits or IMPORT.")
        }
        if let name { try TextRule.check(listed: name, "node") }
        if let dockerVolume { try TextRule.check(listed: dockerVolume, "Docker volume", key: "DockerVolume") }
        return [
            Assignment("PrivateNet", try Self.network(privateNet, node: id, key: "PrivateNet")),
            Assignment("PublicNet", publicNet == "" ? "" : try Self.network(publicNet, node: id, key: "PublicNet")),
            Assignment("PrivateInterface", privateInterface),
            Assignment("PublicInterface", publicInterface),
            Assignment("Name", name),
            Assignment("Affinity", affinity),
            Assignment("UUID", uuid),
            Assignment("DockerVolume", dockerVolume),
            try Assignment("ExposedPorts", optionalList: exposedPorts?.map(\.description)),
        ]
    }

    private static func network(_ text: String?, node id: Int, key: String) throws(EXAConfError) -> String? {
        guard let text else { return nil }
        guard let network = Network(pattern: text, nodeID: id) else {
            throw EXAConfError.invalid(
                "\(key): '\(TextRule.shown(text))' is no address; give one like '10.10.10.11/24' or '10.10.10.x/24'.")
        }
        guard network.isOfAHost else {
            throw EXAConfError.invalid(
                "\(key): \(TextRule.shown(text)) is no address of a machine: give neither a network nor its broadcast "
                    + "address, a prefix of 1 or more, and numbers without zeros in front.")
        }
        return network.description
    }
}
