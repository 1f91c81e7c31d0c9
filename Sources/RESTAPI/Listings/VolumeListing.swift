import Application
import EXAConf
import JobEngine
import OpenAPI
import Values

/// A local volume as it is configured, with its state.
struct VolumeItem: Observed {
    let volume: Volume
    let id: Int
    let state: ObjectState
    /// How it lies on its nodes; `nil` for a section no layout follows from.
    let layout: VolumeLayout?
    /// The databases whose data lie in it.
    let databases: [String]

    init(_ volume: Volume, id: Int, in inventory: Inventory) {
        self.volume = volume
        self.id = id
        layout = try? VolumeLayout(volume)
        var state = Self.state(of: volume, layout, in: inventory)
        if volume.isArchive, inventory.backupsLookedAt != nil {
            state.figures[.usedBytes] = Self.bytes(of: inventory.backups.filter { $0.volume == volume.name })
        }
        self.state = state
        databases = inventory.document.databases.filter { $0.dataVolume == volume.name }.map(\.name)
    }
}

extension VolumeItem {
    /// What backups take together; `nil` where that is not known of all of them.
    private static func bytes(of backups: [KnownBackup]) -> Int? {
        var sum = 0
        for backup in backups {
            guard let bytes = backup.bytes else { return nil }
            let (total, isOver) = sum.addingReportingOverflow(bytes)
            if isOver { return nil }
            sum = total
        }
        return sum
    }

    /// What the nodes it lies on told: it can be used as long as each part of it is whole on one of them.
    private static func state(of volume: Volume, _ layout: VolumeLayout?, in inventory: Inventory) -> ObjectState {
        let told = inventory.states(.volume).filter { $0.name == volume.name }
        guard let first = told.first, let layout else {
            return inventory.state(.volume, volume.name, of: volume.nodes, unless: "online")
        }
        let faulty = told.filter { $0.actual != "online" }
        let whole = Set(told.map(\.node)).subtracting(faulty.map(\.node))
        let silent = Set(layout.segments.map(\.node)).subtracting(told.compactMap(\.node)).sorted()
        guard !faulty.isEmpty || !silent.isEmpty else { return first }
        var state = faulty.first ?? first
        if faulty.isEmpty { state.why = "Nothing is known of node \(silent.map(String.init).joined(separator: ", "))." }
        let usable = Set(layout.segments.filter { whole.contains($0.node) }.map(\.index))
        if usable.count == layout.masterCount {
            state.actual = "degraded"
        } else if faulty.isEmpty {
            state.actual = Inventory.unknown
        }
        return state
    }

    /// `/volumes`
    static let listing = Listing(
        path: "/volumes", one: "Volume", many: "Volumes", key: "vname", keyText: "The name of a volume.",
        rights: (list: "st_volume_list", item: "st_volume_info"),
        detail: "Its state was found when it was looked at last.", shown: representation,
        filters: [
            .init("state", "Only volumes in this state.") { [$0.state.actual] },
            .init("type", "Only volumes of this type, data or archive.") { [$0.type] },
            .init("node", "Only volumes on this node.") { $0.volume.nodes.map(String.init) },
        ],
        name: { $0.volume.name },
        items: { inventory in
            let ids = inventory.document.volumeIDs
            return inventory.document.volumes.map { VolumeItem($0, id: ids[$0.name] ?? 0, in: inventory) }
        })

    private var type: String { volume.isArchive ? "archive" : "data" }

    private static let representation = Representation<VolumeItem>(
        "Volume", "A volume on disks of nodes.",
        members: [
            .has("name", Schema.text("Its name."), like: "SalesData") { .string($0.volume.name) },
            .has("id", Schema.int("Its id.", from: 0), like: 1) { .int($0.id) },
            .has("type", Schema.openWord(["data", "archive"], "archive: it holds backups."), like: "data") {
                .string($0.type)
            },
        ]
            + Representation.Member.state(
                ["online", "degraded", "locked", "missing"],
                "degraded: a copy is missing. locked: it cannot be used. missing: it is not there. unknown: nobody could look."
            )
            + sizes + places + use)

    private static let sizes: [Representation<VolumeItem>.Member] = [
        .has("size_bytes", Schema.bytes("What it can hold, one copy counted."), like: 17_179_869_184) {
            .int($0.volume.size?.bytes ?? 0)
        },
        .measured("used_bytes", "What is in it; absent where nobody knows.", like: 64_400_000, of: .usedBytes),
        .has("block_size_bytes", Schema.bytes("The unit of allocation."), like: 4096) {
            .int($0.layout?.blockSize ?? $0.volume.blockSize?.bytes ?? 0)
        },
        .has("stripe_size_bytes", Schema.bytes("What lies on a device before the next one follows."), like: 262_144) {
            .int($0.layout?.stripeSize ?? $0.volume.stripeSize?.bytes ?? 0)
        },
    ]

    private static let places: [Representation<VolumeItem>.Member] = [
        .has("redundancy", Schema.int("How many copies there are."), like: 2) { .int($0.volume.redundancy) },
        .has("nodes", Schema.nodes("Its nodes; those for further copies alone come last."), like: [11, 12]) {
            .ints($0.volume.nodes)
        },
        .has("master_nodes", Schema.int("On how many of them its first copy is."), like: 1) {
            .int($0.volume.masterNodeCount)
        },
        .may("disk", Schema.text("The disk it lies on, by its name on each node."), like: "disk1") {
            $0.volume.disk.map(Value.string)
        },
        .list("segments", "Its parts.", of: segment) {
            $0.layout.map { layout in layout.segments.map { ($0, layout) } } ?? []
        },
    ]

    private static let use: [Representation<VolumeItem>.Member] = [
        .has("databases", Schema.names("The databases whose data lie in it."), like: ["SALES"]) {
            .strings($0.databases)
        },
        .has("labels", Schema.names("The labels it was given."), like: []) { .strings($0.volume.labels) },
        .has("shared", Schema.truth("Whether several may write at once."), like: true) { .bool($0.volume.isShared) },
        .has("priority", Schema.int("Its place among those that want the disk; 0 comes first."), like: 10) {
            .int($0.volume.priority)
        },
        .has("permissions", Schema.text("Letters of rwx, for its owner."), like: "rwx") {
            .string($0.volume.permissions)
        },
        .part("owner", of: .owner) { $0.volume.owner },
    ]

    private static let segment = Representation<(VolumeLayout.Segment, VolumeLayout)>(
        "VolumeSegment", "A part of a volume on a node.",
        members: [
            .has("id", Schema.int("Its number in the volume.", from: 0), like: 0) { .int($0.0.id) },
            .has("index", Schema.int("The part it is a copy of.", from: 0), like: 0) { .int($0.0.index) },
            .has("copy", Schema.int("1 for the first copy.", from: 1), like: 1) { .int($0.0.level) },
            .has("node", Schema.int("The node it lies on.", from: 0), like: 11) { .int($0.0.node) },
            .has("size_bytes", Schema.bytes("What it can hold."), like: 17_179_869_184) { .int($0.1.segmentBytes) },
        ])
}
