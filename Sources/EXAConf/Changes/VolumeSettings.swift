/// What a local volume is given; nil leaves the key as it is.
package struct VolumeSettings: Sendable, Hashable {
    /// `data` or `archive`; a new volume needs it, a change ignores it.
    package var type: String?
    /// Size with a unit, stored as given; a new volume needs it.
    package var size: String?
    /// Name of a disk all nodes have; a new volume needs it.
    package var disk: String?
    /// Node ids, those for redundancy only last; a new volume needs them.
    package var nodes: [Int]?
    /// The number of nodes by default.
    package var masterNodeCount: Int?
    /// 1 for no copy; a new volume needs it.
    package var redundancy: Int?
    /// By type by default; a change ignores it.
    package var blockSize: String?
    /// By type by default; a change ignores it.
    package var stripeSize: String?
    /// Archive volumes only.
    package var partitionSize: String?
    /// `500 : 500` by default.
    package var owner: Owner?
    /// `rwx` by default.
    package var permissions: String?
    /// Free words.
    package var labels: [String]?
    /// Archive volumes only; 0 removes the key.
    package var ports: [VolumePort: Int]
    /// True by default.
    package var isShared: Bool?
    /// 0 highest, 20 lowest; 10 by default.
    package var priority: Int?

    /// Nothing is changed by an argument that is left out.
    package init(
        type: String? = nil, size: String? = nil, disk: String? = nil, nodes: [Int]? = nil,
        masterNodeCount: Int? = nil, redundancy: Int? = nil, blockSize: String? = nil, stripeSize: String? = nil,
        partitionSize: String? = nil, owner: Owner? = nil, permissions: String? = nil, labels: [String]? = nil,
        ports: [VolumePort: Int] = [:], isShared: Bool? = nil, priority: Int? = nil
    ) {
        self.type = type
        self.size = size
        self.disk = disk
        self.nodes = nodes
        self.masterNodeCount = masterNodeCount
        self.redundancy = redundancy
        self.blockSize = blockSize
        self.stripeSize = stripeSize
        self.partitionSize = partitionSize
        self.owner = owner
        self.permissions = permissions
        self.labels = labels
        self.ports = ports
        self.isShared = isShared
        self.priority = priority
    }

    func assignments() throws(EXAConfError) -> [Assignment] {
        try Document.check(type, oneOf: ["data", "archive"], key: "Type")
        try Document.check(priority, in: 0...20, key: "Priority")
        for (key, value) in [
            ("Size", size), ("BlockSize", blockSize), ("StripeSize", stripeSize), ("PartitionSize", partitionSize),
        ] {
            try Document.check(size: value, of: key)
        }
        return [
            Assignment("Type", type), Assignment("Size", size: size), Assignment("Disk", disk),
            try Assignment("Nodes", list: nodes?.map { String($0) }, tight: true),
            Assignment("NumMasterNodes", masterNodeCount), Assignment("Redundancy", redundancy),
            Assignment("BlockSize", size: blockSize), Assignment("StripeSize", size: stripeSize),
            Assignment("PartitionSize", size: partitionSize), Assignment("Owner", owner?.description),
            Assignment("Permissions", permissions), try Assignment("Labels", optionalList: labels),
            Assignment("Shared", isShared), Assignment("Priority", priority),
        ]
    }
}
