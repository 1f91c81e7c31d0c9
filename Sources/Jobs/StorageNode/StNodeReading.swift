import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_list`: all nodes with disks for volumes.
    package static let stNodeList = JobDefinition(
        name: "st_node_list", noun: "storage_node", summary: "All storage nodes.",
        mode: .read, permission: .storage, result: "Dict from the logical number, as text, to a dict of the node.",
        work: .look { (context) throws(JobError) in
            try context.viewing { (view) throws(JobError) in
                let nodes = view.document.storageNodes.enumerated().map { (String($0), view.value(of: $1)) }
                return .map(Dictionary(nodes) { first, _ in first })
            }
        }
    ).with {
        $0.answer = .dict(.storageNode)
        $0.recovery = .restart
    }

    /// `st_node_get_link_speed`: the speed of the slowest network link of a node.
    package static let stNodeGetLinkSpeed = JobDefinition(
        name: "st_node_get_link_speed", noun: "storage_node", summary: "Speed of the slowest network link of a node.",
        mode: .read, permission: .storage, result: "MBit/s, as a number.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            guard let id = context.arguments.int("nid") else { throw JobError(.parameterMissing, "'nid' is missing.") }
            _ = try document.given(node: id)
            try context.requireReachable([id])
            let command = try Command(NetworkLinkSpeed(), on: id, deadline: JobContext.longestLook)
            return Plan(commands: [command]) { (outputs) throws(JobError) in
                guard let speed = try NetworkLinkSpeed.answer(outputs.first).speed else {
                    throw JobError(.unsupported, "No network link of node \(id) tells its speed, as virtual ones do.")
                }
                return .int(speed)
            }
        }
    ).with {
        $0.answer = .int
        $0.mandatory = [.storageNode]
        $0.recovery = .restart
        $0.example = ["nid": 11]
    }

    /// `st_get_partition_id`: the number under which the storage service of the deciding node runs.
    package static let stGetPartitionId = JobDefinition(
        name: "st_get_partition_id", noun: "storage_node", summary: "Id of the partition of the storage service.",
        mode: .read, permission: .storage, result: "The id of the process, as a number.",
        work: .look { (context) throws(JobError) in
            let command = try context.command(StorageLook(), on: context.cluster.ownNode, for: context.document)
            return Plan(commands: [command]) { (outputs) throws(JobError) in
                .int(try OnStorage<StorageLook>.answer(outputs.first).process)
            }
        }
    ).with {
        $0.answer = .int
        $0.help = "Storage has no partition of its own here: it is part of this daemon, whose process id is told."
        $0.recovery = .restart
    }
}

extension StorageView {
    /// The storage of a node: space by disk with units, and each device with the disk it belongs to.
    fileprivate func value(of node: Node) -> Value {
        let id = node.id ?? -1
        let look = looks[id]
        let isSuspended = look?.settings.suspended == true || suspended.contains(id)
        let state = isSuspended ? "SUSPENDED" : look == nil ? "OFFLINE" : "ONLINE"
        let hdds: [Value] = node.storageDisks.flatMap { disk in
            disk.devices.map { device in
                let path = device.hasPrefix("/") ? device : GivenDevice.folder + device
                return ["name": .string(path), "type": .string(disk.name)]
            }
        }
        return .members([
            "name": .string(node.name), "id": .int(id), "state": .string(state), "hdds": .list(hdds),
            "hdd_free_space": space(\.free, node), "hdd_total_space": space(\.size, node),
            "bg_recovery_enabled": .bool(look?.settings.recovery ?? document.storage.isBackgroundRecoveryEnabled),
            "bg_recovery_limit": .int(recoveryLimit(look)),
            "space_warn_threshold": .int(threshold(look)), "space_warning": .bool(isShortOfSpace(node, look)),
        ])
    }

    /// Bytes of the devices of each disk, as texts with units; none while the node is away.
    private func space(_ member: KeyPath<StorageLook.Device, Int>, _ node: Node) -> Value {
        let sums = node.storageDisks.compactMap { disk -> (String, Value)? in
            guard let bytes = bytes(member, of: disk, node) else { return nil }
            return (disk.name, .string(Size(bytes: bytes)?.description ?? ""))
        }
        return .map(Dictionary(sums) { first, _ in first })
    }

    private func bytes(_ member: KeyPath<StorageLook.Device, Int>, of disk: Disk, _ node: Node) -> Int? {
        guard let devices = node.id.flatMap({ looks[$0] })?.devices else { return nil }
        return disk.devices.reduce(0) { $0 + (devices[$1]?[keyPath: member] ?? 0) }
    }

    private func recoveryLimit(_ look: StorageLook.Answer?) -> Int {
        let set = look?.settings.limit ?? document.storage.backgroundRecoveryLimit ?? 0
        return set > 0 ? set : look?.settings.calibrated ?? 0
    }

    private func threshold(_ look: StorageLook.Answer?) -> Int {
        look?.settings.threshold ?? document.storage.spaceWarnThreshold
    }

    /// Whether a disk of the node is fuller than the threshold allows.
    private func isShortOfSpace(_ node: Node, _ look: StorageLook.Answer?) -> Bool {
        let limit = threshold(look)
        guard limit > 0 else { return false }
        return node.storageDisks.contains { disk in
            guard let size = bytes(\.size, of: disk, node), let free = bytes(\.free, of: disk, node), size > 0 else {
                return false
            }
            return (size - free) / max(1, size / 100) >= limit
        }
    }
}

extension Shape {
    fileprivate static let storageNode = Shape.object(
        "StorageNode", text: "A node with disks for volumes.",
        members: [
            .has("name", .str), .has("id", .int), .has("state", .word(["ONLINE", "OFFLINE", "SUSPENDED"])),
            .has(
                "hdds",
                .list(
                    .object(
                        "StorageNodeDevice", text: "A device.",
                        members: [.has("name", .str), .has("type", .str, text: "Its disk.")]))),
            .has("hdd_free_space", .dict(.str), text: "By disk, with units."),
            .has("hdd_total_space", .dict(.str), text: "By disk, with units."), .has("bg_recovery_enabled", .bool),
            .has("bg_recovery_limit", .int, text: "MiB/s; 0 for none."),
            .has("space_warn_threshold", .int, text: "Percent."),
            .has("space_warning", .bool),
        ])
}
