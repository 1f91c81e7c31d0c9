import Application
import EXAConf
import JobEngine
import OpenAPI
import Values

/// A disk of a node: one the configuration has, or one the daemon keeps its own files on.
struct DiskItem: Observed {
    let node: Int
    let name: String
    let state: ObjectState
    /// As it is configured; `nil` for one the configuration does not have.
    let disk: Disk?
    /// The volumes that lie on it.
    let volumes: [String]

    var id: String { "\(node)-\(name)" }

    init(_ disk: Disk, of node: Int, in inventory: Inventory) {
        (self.node, name, self.disk) = (node, disk.name, disk)
        state = inventory.state(.disk, "\(node)-\(disk.name)", of: [node])
        volumes = inventory.document.volumes.filter { $0.disk == disk.name && $0.nodes.contains(node) }.map(\.name)
    }

    /// One that was looked at.
    init?(_ state: ObjectState) {
        guard let place = state.name.firstIndex(of: "-"), let node = Int(state.name[..<place]) else { return nil }
        (self.node, self.state, disk, volumes) = (node, state, nil, [])
        name = String(state.name[state.name.index(after: place)...])
    }

    /// Every disk: those of the configuration, and what was looked at beside them.
    static func all(in inventory: Inventory) -> [DiskItem] {
        let configured = inventory.document.nodes.flatMap { node in
            node.id.map { id in node.disks.map { DiskItem($0, of: id, in: inventory) } } ?? []
        }
        let known = Set(configured.map(\.id))
        return configured + inventory.states(.disk).compactMap { DiskItem($0) }.filter { !known.contains($0.id) }
    }
}

extension DiskItem {
    /// `/disks`
    static let listing = Listing(
        path: "/disks", one: "Disk", many: "Disks", key: "disk_id",
        keyText: "The id of a node and the name of its disk, as in 11-disk1.",
        rights: (list: "st_node_list", item: "st_node_list"),
        detail:
            "The disks volumes lie on, as they are configured, and those the daemon keeps its own files on. State and room were "
            + "found when somebody looked last.",
        shown: representation,
        filters: [
            .init("node", "Only disks of this node.") { [String($0.node)] },
            .init("state", "Only disks in this state.") { [$0.state.actual] },
        ],
        name: \.id, items: all)

    private static let representation = Representation<DiskItem>(
        "Disk", "A disk of a node.",
        members: [
            .has("id", Schema.text("The id of its node, and its name."), like: "11-disk1") { .string($0.id) },
            .has("node", Schema.int("Its node.", from: 0), like: 11) { .int($0.node) },
            .has("name", Schema.text("Its name on the node."), like: "disk1") { .string($0.name) },
        ]
            + Representation.Member.state(
                ["free", "full", "allocated"],
                "full: nothing more can be written to it. allocated: all of it belongs to volumes.") + [
                .measured(
                    "size_bytes", "What it has; absent where nobody knows.", like: 81_604_378_624, of: .sizeBytes),
                .measured(
                    "used_bytes", "What files take of it; absent where nobody knows.", like: 8_267_800_576,
                    of: .usedBytes),
                .measured(
                    "allocated_bytes", "What of it belongs to volumes; absent for one volumes do not lie on.",
                    like: 21_474_836_480, of: .allocatedBytes),
                .may("free_bytes", Schema.bytes("What is left; absent where nobody knows."), like: 60_129_542_144) {
                    item in
                    let figures = item.state.figures
                    guard let size = figures[.sizeBytes], let taken = figures[.usedBytes] ?? figures[.allocatedBytes]
                    else { return nil }
                    return .int(max(0, size - taken))
                },
                .may("component", Schema.text("What it is for, such as exastorage."), like: "exastorage") {
                    $0.disk.map { .string($0.component) }
                },
                .has("devices", Schema.names("Files or devices it is made of."), like: ["dev.1"]) {
                    .strings($0.disk?.devices ?? [])
                },
                .has("volumes", Schema.names("The volumes that lie on it."), like: ["SalesData"]) {
                    .strings($0.volumes)
                },
                .may("direct_io", Schema.truth("Whether the cache of the system is passed by."), like: true) {
                    $0.disk.map { .bool($0.usesDirectIO) }
                },
                .may("ephemeral", Schema.truth("Whether its content may be lost with the node."), like: false) {
                    $0.disk.map { .bool($0.isEphemeral) }
                },
            ])
}
