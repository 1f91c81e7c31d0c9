/// What a database is given; nil leaves the key as it is. The empty text empties a text key.
package struct DatabaseSettings: Sendable, Hashable {
    /// 22 characters; for a new database the name when it is such an id, else random.
    package var id: String?
    /// The database software; a new database needs it.
    package var version: String?
    /// Over all nodes, stored as given; 2 GiB per active node by default.
    package var memory: String?
    /// 8563 by default.
    package var port: Int?
    /// `500 : 500` by default.
    package var owner: Owner?
    /// Node ids, the reserve last; a new database needs them.
    package var nodes: [Int]?
    /// All nodes by default.
    package var activeNodeCount: Int?
    /// Name of a data volume.
    package var dataVolume: String?
    /// Name of an object volume.
    package var cloudDataVolume: String?
    /// Name of a volume.
    package var snapshotVolume: String?
    /// Name of an object volume.
    package var cloudDataVolumeSync: String?
    /// Name of a volume.
    package var snapshotVolumeSync: String?
    /// `-name=value`, with blanks between.
    package var parameters: String?
    /// URLs.
    package var ldapServers: [String]?
    /// `disk:size`
    package var cacheVolumeDisk: String?
    /// True for a new database by default.
    package var isAuditingEnabled: Bool?
    /// Names of network interfaces.
    package var interfaces: [String]?
    /// Size with a unit.
    package var volumeQuota: String?
    /// Seconds, 0 for off; 600 for a new database by default.
    package var volumeMoveDelay: Int?
    /// Started on boot; always False for a worker cluster.
    package var autoStart: Bool?
    /// Name of a database this one becomes a worker cluster of.
    package var masterDatabase: String?
    /// Run at the first start.
    package var initialSQL: String?
    /// Secret: used at the first start.
    package var defaultSysPasswdHash: String?
    /// Secret: separated by semicolons.
    package var additionalSysPasswdHashes: String?

    /// Settings that change nothing until a property is set.
    package init() {}

    /// What a new database needs at least.
    package init(
        version: String, nodes: [Int], activeNodeCount: Int? = nil, memory: String? = nil, dataVolume: String?,
        port: Int? = nil, owner: Owner? = nil
    ) {
        self.version = version
        self.nodes = nodes
        self.activeNodeCount = activeNodeCount
        self.memory = memory
        self.dataVolume = dataVolume
        self.port = port
        self.owner = owner
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try check()
        return [
            Assignment("ID", id), Assignment("Version", version), Assignment("MemSize", size: memory),
            Assignment("Port", port), Assignment("Owner", owner?.description),
            try Assignment("Nodes", list: nodes?.map { String($0) }, tight: true),
            Assignment("NumActiveNodes", activeNodeCount), Assignment("DataVolume", dataVolume),
            Assignment("CloudDataVolume", cloudDataVolume), Assignment("SnapshotVolume", snapshotVolume),
            Assignment("CloudDataVolumeSync", cloudDataVolumeSync),
            Assignment("SnapshotVolumeSync", snapshotVolumeSync),
            Assignment("CacheVolumeDisk", cacheVolumeDisk.map(Self.storedCache)),
            Assignment("Params", parameters), try Assignment("LdapServers", optionalList: ldapServers),
            try Assignment("Interfaces", optionalList: interfaces), Assignment("VolumeQuota", size: volumeQuota),
            Assignment("VolumeMoveDelay", volumeMoveDelay), Assignment("EnableAuditing", isAuditingEnabled),
            Assignment("AutoStart", autoStart), Assignment("MasterDatabase", masterDatabase),
            Assignment("InitialSQL", initialSQL), Assignment("DefaultSysPasswdHash", defaultSysPasswdHash),
            Assignment("AdditionalSysPasswdHashes", additionalSysPasswdHashes),
        ]
    }

    /// `disk1:7 GiB` for `disk1:7 GIB`.
    private static func storedCache(_ text: String) -> String {
        guard let colon = text.firstIndex(of: ":") else { return text }
        return text[...colon] + Size.stored(String(text[text.index(after: colon)...]))
    }

    private func check() throws(EXAConfError) {
        if let id, !Identifiers.isDatabaseID(id) {
            throw EXAConfError.invalid("ID: use 22 letters, digits, '_' or '-'.")
        }
        if let version, Version(version) == nil {
            throw EXAConfError.invalid("Version: '\(TextRule.shown(version))' is no version; give one like '8.29.6'.")
        }
        try Document.check(size: memory, of: "MemSize")
        try Document.check(size: volumeQuota == "" ? nil : volumeQuota, of: "VolumeQuota")
        try Document.check(port: port, of: "Port")
        try Document.check(volumeMoveDelay, in: 0...Int.max, key: "VolumeMoveDelay")
        if let disk = cacheVolumeDisk, !disk.isEmpty {
            let size = DeviceMapping(disk).flatMap { Size($0.directory) }
            guard size != nil else { throw EXAConfError.invalid("CacheVolumeDisk: give disk and size, 'disk1:7 GiB'.") }
        }
    }
}
