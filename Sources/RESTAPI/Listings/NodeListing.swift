import Application
import EXAConf
import JobEngine
import Jobs
import OpenAPI
import Values

/// A node as it is configured, with what is seen of it.
struct NodeItem: Observed {
    let id: Int
    let node: Node
    let state: ObjectState
    let isMaster: Bool
    /// When it was started; `nil` while it cannot be reached.
    let booted: Timestamp?
    /// The databases that run on it, or may.
    let databases: [String]

    /// - Returns: `nil` for a section that names no node.
    init?(_ node: Node, in inventory: Inventory) {
        guard let id = node.id else { return nil }
        (self.id, self.node) = (id, node)
        let cluster = inventory.cluster
        let seen = inventory.states(.node).first { $0.name == String(id) }
        // Whether it can be reached every node knows at any time.
        var state = ObjectState(.node, String(id), actual: NodeCondition(node, in: cluster).rawValue)
        (state.since, state.why, state.maintenance) = (seen?.since, seen?.why ?? "", seen?.maintenance)
        self.state = state
        isMaster = id == cluster.master?.node
        booted = cluster.booted[id]
        databases = inventory.document.databases.filter { $0.nodes.contains(id) }.map(\.name)
    }
}

extension NodeItem {
    /// `/nodes`
    static let listing = Listing(
        path: "/nodes", one: "Node", many: "Nodes", key: "nid", keyText: "The id of a node.",
        rights: (list: "node_list", item: "node_info"),
        detail: "What nodes have to do with decisions is in `/cluster`.", shown: representation,
        filters: [.init("state", "Only nodes in this state.") { [$0.state.actual] }],
        name: { String($0.id) },
        items: { inventory in inventory.document.nodes.compactMap { NodeItem($0, in: inventory) } })

    private static let representation = Representation<NodeItem>(
        "Node", "A node of the cluster.",
        members: [
            .has("id", Schema.int("Its id.", from: 0), like: 11) { .int($0.id) },
            .has("name", Schema.text("Its name."), like: "n11") { .string($0.node.name) },
        ]
            + Representation.Member.state(
                NodeCondition.allCases.map(\.rawValue),
                "online: it can be reached. suspended: nobody waits for it. deactivated: the configuration says so.")
            + [
                .has("is_master", Schema.truth("Whether it decides."), like: true) { .bool($0.isMaster) },
                .may("booted_at", Schema.time("When it was started; absent while it cannot be reached.")) {
                    $0.booted.map(Value.time)
                },
                .may("uuid", Schema.text("Never changes.")) { $0.node.uuid.isEmpty ? nil : .string($0.node.uuid) },
                .may("private_address", Schema.text("Its address inside the cluster."), like: "192.0.2.11") {
                    $0.node.privateNet.map { .string($0.address) }
                },
                .may("private_network", Schema.text("The same with the length of its net mask."), like: "192.0.2.11/24")
                {
                    $0.node.privateNet.map { .string($0.description) }
                },
                .may("public_address", Schema.text("Its address outside the cluster; absent without one.")) {
                    $0.node.publicNet.map { .string($0.address) }
                },
                .may("public_network", Schema.text("The same with the length of its net mask.")) {
                    $0.node.publicNet.map { .string($0.description) }
                },
                .may("affinity", Schema.int("Its rank when a master is chosen."), like: 11) {
                    $0.node.affinity.map(Value.int)
                },
                .has("disks", Schema.names("Ids of its disks, as in /disks."), like: ["11-disk1"]) { item in
                    .strings(item.node.disks.map { "\(item.id)-\($0.name)" })
                },
                .has("databases", Schema.names("The databases it is a node of."), like: ["SALES"]) {
                    .strings($0.databases)
                },
            ])
}
