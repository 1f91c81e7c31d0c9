import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_ip_batch`: other private addresses for nodes, all of them or none; nodes may swap theirs.
    package static let nodeIpBatch = JobDefinition(
        name: "node_ip_batch", noun: "node", summary: "Change the addresses of nodes.", mode: .modify,
        permission: .nodes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let addresses = (context.arguments.list("nodes") ?? []).compactMap { NewAddress($0) }
            for (index, address) in addresses.enumerated() { try address.set(in: &document, "nodes/\(index)/private") }
            // Looked at when all have changed: on the way there two nodes may have had one address.
            for (index, address) in addresses.enumerated() {
                try document.edit(about: "nodes/\(index)/private") { (draft) throws(EXAConfError) in
                    try draft.modifyNode(address.node, NodeSettings())
                }
            }
            return nil
        }
    ).with {
        $0.help = "Each node is a dict of `nid` and `private`. An address without a net mask keeps the node's own."
        $0.mandatory = [Parameter("nodes", .list, text: "A dict per node: nid, private.", shape: .newAddresses)]
        $0.example = ["nodes": [["nid": 11, "private": "10.10.10.11"], ["nid": 12, "private": "10.10.10.12"]]]
    }

    /// `affinity_reset`: gives every node its id as preference for elections again.
    package static let affinityReset = JobDefinition(
        name: "affinity_reset", noun: "node", summary: "Reset the affinity of all nodes to their ids.", mode: .modify,
        permission: .nodes, result: "Nothing.",
        work: .edit { (_, document) throws(JobError) in
            for node in document.nodes {
                // Without the key the id counts anyway, and old files stay without it.
                guard let id = node.id, let affinity = node.text("Affinity"), affinity != String(id) else { continue }
                try document.edit { (draft) throws(EXAConfError) in try draft.setAffinity(nil, node: id) }
            }
            return nil
        })

    /// `node_remove`: takes nodes out of the cluster, all that are named or none.
    package static let nodeRemove = JobDefinition(
        name: "node_remove", noun: "node",
        summary: "Take nodes out of the cluster; one that is suspended, or in use and not forced, makes it fail.",
        mode: .modify, permission: .nodes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let ids = try context.givenNodes(in: document)
            try context.requireDispensable(ids, for: "removed")
            try context.requireVote(without: ids)
            for id in ids {
                let node = try document.given(node: id)
                guard node.state != NodeCondition.suspended.rawValue, !context.cluster.suspended.contains(id) else {
                    throw JobError(.objectBusy, "Given node \(id) is suspended: resume it first.")
                }
            }
            let isForced = context.arguments.bool("force") ?? false
            try document.edit { (draft) throws(EXAConfError) in
                for id in ids { try draft.removeNode(id, force: isForced) }
            }
            return nil
        }
    ).with {
        $0.help = """
            With `force` a node goes although a volume or a database uses it, and their lists of nodes stay as they \
            are. The master is never removed, nor the last node with a vote. A node that is a member of the cluster is none \
            any more: it comes back by an invitation only.
            """
        $0.mandatory = [.nodeIDs]
        $0.optional = [
            Parameter("force", .bool, text: "Remove it though a volume or database uses it.", default: false)
        ]
        $0.needsQuorum = false
        $0.example = ["nid": [12, 13]]
    }
}

/// One element of the list.
private struct NewAddress {
    let node: Int
    let address: String

    init?(_ element: Value) {
        let members = Arguments(element.map ?? [:])
        guard let node = members.int("nid"), let address = members.string("private") else { return nil }
        self.node = node
        self.address = address
    }

    func set(in document: inout Document, _ place: String) throws(JobError) {
        let length = try document.given(node: node).privateNet?.prefixLength
        let text = address.utf8.contains(UInt8(ascii: "/")) ? address : "\(address)/\(length ?? 24)"
        guard let network = Network(pattern: text, nodeID: node) else {
            throw .invalid(place, "\(place): give an address like 10.10.10.11 or 10.10.10.11/24.")
        }
        try document.edit(about: place) { (draft) throws(EXAConfError) in
            try draft.set("PrivateNet", to: network.description, in: .node(node))
        }
    }
}

extension Shape {
    fileprivate static let newAddresses = Shape.list(
        .object(
            "NewNodeAddress", text: "The address a node is to have.",
            members: [
                .has("nid", .nodeID, text: "Its id."),
                .has("private", .str, text: "Its address; without a net mask it keeps the one it has."),
            ]), count: 1...Int.max)
}
