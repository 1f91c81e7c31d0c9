import EXAConf
import JobEngine
import Values

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

extension Shape {
    /// A node as `node_list` shows it.
    static let node = Shape.object("NodeSettings", "A node as it is configured.", nodeMembers)
    /// A node as `node_info` shows it.
    static let nodeInformation = Shape.object(
        "NodeInfoResult", "A node.",
        nodeMembers.filter { $0.name != "state" } + [
            .has("state", .str, "As of node_state."), .has("is_master", .bool), .has("is_reachable", .bool),
            .may("booted", .str, "When it was started, as asctime has it, in the cluster's time zone."),
            .may("booted_at", .str, "The same as RFC 3339, in UTC."),
        ])

    private static let nodeMembers: [Shape.Member] = [
        .has("id", .str, "The node id.", like: "11"), .has("name", .str, "The host name.", like: "n11"),
        .may("uuid", .str, "Never changes."),
        .may("private_net", .str, "Address in the cluster, with its net mask.", like: "192.0.2.11/24"),
        .may("private_ip", .str, "The same without it.", like: "192.0.2.11"),
        .may("public_net", .str, "Address outside the cluster, with its net mask."),
        .may("public_ip", .str, "The same without it."),
        .may("affinity", .str, "Its rank when a master is chosen."),
        .may("state", .str, "What EXAConf says of it, such as suspended."),
        .may("docker_volume", .str, "The folder on the host that is the node's."),
        .may("exposed_ports", .list(.list(.int, count: 2...2)), "Ports in the container and on the host."),
        .may("disks", .dict(disk), "By name."),
    ]

    private static let disk = Shape.object(
        "NodeDisk", "A disk of a node.",
        [
            .has("name", .str), .has("component", .str, "What it is for, such as exastorage."),
            .has("devices", .names, "Files or devices it is made of."),
            .has("direct_io", .bool, "Whether the cache of the system is passed by."),
            .has("ephemeral", .bool, "Whether its content may be lost with the node."), .may("drives", .names),
            .may("mapping", .list(.names), "Device and directory of each."),
            .may("mapped_devices", .list(.names), "Places on the host and in the container."),
        ])
}
