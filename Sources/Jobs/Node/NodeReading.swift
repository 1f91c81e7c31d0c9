import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_list`: all nodes by id, the id as text.
    package static let nodeList = JobDefinition(
        name: "node_list", noun: "node", summary: "All nodes of the configuration; empty values are left out.",
        mode: .read, permission: .nodes, result: "Dict of node ids (text), each with a dict of the node's settings.",
        work: .answer { (context) throws(JobError) in
            let root = context.document.docker?.rootDirectory ?? "/exa/etc"
            let nodes = context.document.nodes.map { ($0.section.identifier, $0.value(below: root)) }
            return .map(Dictionary(nodes) { first, _ in first })
        }
    ).with { $0.answer = .dict(.node) }

    /// `node_info`: one node with its state, role and time of start.
    package static let nodeInfo = JobDefinition(
        name: "node_info", noun: "node", summary: "Details of one node.", mode: .read, permission: .nodes,
        result: "Dict of the node's settings with state, is_master, is_reachable, booted and booted_at.",
        work: .answer { (context) throws(JobError) in
            let node = try context.document.given(node: context.arguments.int("nid") ?? -1)
            let booted = node.id.flatMap { context.cluster.booted[$0] }
            let root = context.document.docker?.rootDirectory ?? "/exa/etc"
            var members = node.value(below: root).map ?? [:]
            members["state"] = .string(NodeCondition(node, in: context.cluster).rawValue)
            members["is_master"] = .bool(node.id != nil && node.id == context.cluster.master?.node)
            members["is_reachable"] = .bool(booted != nil)
            members["booted"] = booted.map { .string($0.asctime(by: context.document.clock)) }
            members["booted_at"] = booted.map { .string($0.description) }
            members["affinity"] = node.affinity.map { .string(String($0)) }
            return .map(members)
        }
    ).with {
        $0.answer = .nodeInformation
        $0.mandatory = [Parameter("nid", .int, text: "Node id.")]
        $0.example = ["nid": 13]
    }

    /// `node_state`: the state of every node, and when those that can be reached were started.
    package static let nodeState = JobDefinition(
        name: "node_state", noun: "node", summary: "State of all nodes.", mode: .read, permission: .nodes,
        result:
            "Dict of node ids (text) with online, offline, suspended or deactivated; 'booted' is a dict of times.",
        work: .answer { (context) throws(JobError) in
            var states: [String: Value] = [:]
            var booted: [String: Value] = [:]
            for node in context.document.nodes {
                let id = node.section.identifier
                states[id] = .string(NodeCondition(node, in: context.cluster).rawValue)
                booted[id] = node.id.flatMap { context.cluster.booted[$0] }.map {
                    .string($0.asctime(by: context.document.clock))
                }
            }
            states["booted"] = .map(booted)
            return .map(states)
        }
    ).with { $0.answer = .nodeStates }
}

extension Shape {
    fileprivate static let nodeStates = Shape.object(
        "NodeStateResult", text: "States of nodes by their ids; when they were started stands beside them.",
        members: [
            .has(
                "booted", .dict(.str),
                text: "By id, as asctime has it, in the cluster's time zone; of nodes that can be reached.")
        ], others: .str)

    /// A node as `node_list` shows it.
    static let node = Shape.object("NodeSettings", text: "A node as it is configured.", members: nodeMembers)
    /// A node as `node_info` shows it.
    static let nodeInformation = Shape.object(
        "NodeInfoResult", text: "A node.",
        members: nodeMembers.filter { $0.name != "state" } + [
            .has("state", .str, text: "As of node_state."), .has("is_master", .bool), .has("is_reachable", .bool),
            .may("booted", .str, text: "When it was started, as asctime has it, in the cluster's time zone."),
            .may("booted_at", .str, text: "The same as RFC 3339, in UTC."),
        ])

    private static let nodeMembers: [Shape.Member] = [
        .has("id", .str, text: "The node id.", like: "11"), .has("name", .str, text: "The host name.", like: "n11"),
        .may("uuid", .str, text: "Never changes."),
        .may("private_net", .str, text: "Address in the cluster, with its net mask.", like: "192.0.2.11/24"),
        .may("private_ip", .str, text: "The same without it.", like: "192.0.2.11"),
        .may("public_net", .str, text: "Address outside the cluster, with its net mask."),
        .may("public_ip", .str, text: "The same without it."),
        .may("affinity", .str, text: "Its rank when a master is chosen."),
        .may("state", .str, text: "What EXAConf says of it, such as suspended."),
        .may("docker_volume", .str, text: "The folder on the host that is the node's."),
        .may("exposed_ports", .list(.list(.int, count: 2...2)), text: "Ports in the container and on the host."),
        .may("disks", .dict(disk), text: "By name."),
    ]

    private static let disk = Shape.object(
        "NodeDisk", text: "A disk of a node.",
        members: [
            .has("name", .str), .has("component", .str, text: "What it is for, such as exastorage."),
            .has("devices", .names, text: "Files or devices it is made of."),
            .has("direct_io", .bool, text: "Whether the cache of the system is passed by."),
            .has("ephemeral", .bool, text: "Whether its content may be lost with the node."), .may("drives", .names),
            .may("mapping", .list(.names), text: "Device and directory of each."),
            .may("mapped_devices", .list(.names), text: "Places on the host and in the container."),
        ])
}

extension Node {
    /// The node as `node_list` shows it: `id` and `affinity` are text, what is empty is left out.
    ///
    /// - Parameter root: The directory all Docker volumes are below, as in `[Docker]`.
    func value(below root: String) -> Value {
        let publicText = text("PublicNet")
        return .members([
            "id": .string(section.identifier), "name": .string(name), "uuid": text("UUID").map(Value.string),
            "private_net": text("PrivateNet").map(Value.string),
            "private_ip": privateNet.map { .string($0.address) },
            "public_net": publicText.map(Value.string), "public_ip": publicNet.map { .string($0.address) },
            "affinity": text("Affinity").map(Value.string), "state": state.isEmpty ? nil : .string(state),
            "docker_volume": dockerVolume.map { .string($0.hasPrefix("/") ? $0 : "\(root)/\($0)") },
            "exposed_ports": exposedPorts.isEmpty
                ? nil : .list(exposedPorts.map { [.int($0.container), .int($0.host)] }),
            "disks": disks.isEmpty ? nil : .map(Dictionary(disks.map { ($0.name, $0.value) }) { first, _ in first }),
        ])
    }
}

extension Disk {
    /// The disk as part of its node's answer.
    var value: Value {
        let places = mapping
        return .members([
            "name": .string(name), "component": .string(component), "devices": .strings(devices),
            "direct_io": .bool(usesDirectIO), "ephemeral": .bool(isEphemeral),
            "drives": drives.isEmpty ? nil : .strings(drives),
            "mapping": places.isEmpty ? nil : .list(places.map { [.string($0.device), .string($0.directory)] }),
            "mapped_devices": places.isEmpty
                ? nil
                : .list(
                    places.map { [.string("\($0.directory)/\($0.device)"), .string("\(Self.place)/\($0.device)")] }),
        ])
    }

    // Where devices are found inside a container.
    private static let place = "/exa/data/storage"
}
