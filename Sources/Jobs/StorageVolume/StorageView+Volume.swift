import EXAConf
import JobEngine
import NodeCommands
import Values

extension StorageView {
    /// The condition of a volume, in the words of `st_volume_list`.
    enum Condition: String, CaseIterable {
        case online = "ONLINE"
        case degraded = "DEGRADED"
        case locked = "LOCKED"
    }

    /// A volume as `st_volume_list` shows it: `id` and numbers of segments are text, sizes bytes but for `size`.
    func value(of volume: Volume) -> Value {
        let layout = try? VolumeLayout(volume)
        let id = document.volumeIDs[volume.name] ?? 0
        let (condition, reasons) = condition(of: volume, layout)
        let segments =
            layout.map { layout in layout.segments.map { value(of: $0, in: layout, of: volume, id: id) } } ?? []
        return .map(
            settings(of: volume, layout).merging(
                [
                    "id": .string(String(id)), "name": .string(volume.name), "type": "MASTER",
                    "state": .string(condition.rawValue), "segments": .list(segments),
                    "unlock_conditions": .strings(reasons), "snapshots": [], "users": [],
                    "app_io_enabled": .bool(told(of: volume)?.admitsApplications ?? true),
                    "int_io_enabled": .bool(told(of: volume)?.admitsInternal ?? true),
                    "use_crc": .bool(usesChecksums(volume)),
                    "nodes_list": .list(
                        volume.nodes.map {
                            ["id": .int($0), "unrecovered_segments": .int(missing(on: $0, of: volume, layout))]
                        }
                    ),
                ]
            ) { first, _ in first })
    }

    /// The same as `st_volume_info` shows it: sizes have units.
    func detail(of volume: Volume) -> Value {
        guard case .map(var members) = value(of: volume) else { return .null }
        for name in ["block_size", "stripe_size"] {
            members[name] = members[name]?.int.flatMap { Size(bytes: $0) }.map { .string($0.description) }
        }
        return .map(members)
    }

    private func settings(of volume: Volume, _ layout: VolumeLayout?) -> [String: Value] {
        let block = layout?.blockSize ?? volume.blockSize?.bytes ?? 0
        return [
            "size": .string((volume.size ?? Size(bytes: 0))?.description ?? ""), "block_size": .int(block),
            "bytes_per_block": .int(block), "stripe_size": .int(layout?.stripeSize ?? volume.stripeSize?.bytes ?? 0),
            "block_distribution": "vertical", "redundancy": .int(volume.redundancy),
            "num_master_nodes": .int(volume.masterNodeCount), "volume_nodes": .ints(volume.nodes),
            "hdd_type": .string(volume.disk ?? ""), "hdds_per_node": .int(deviceCount(of: volume)),
            "owner": .int(volume.owner?.user ?? 0), "group": .int(volume.owner?.group ?? 0),
            "permissions": .string(VolumePermissions.shown(volume.permissions)),
            "labels": .strings(document.labels(of: volume)), "shared": .bool(volume.isShared),
            "priority": .int(volume.priority),
        ]
    }

    private func condition(of volume: Volume, _ layout: VolumeLayout?) -> (Condition, [String]) {
        if told(of: volume)?.locked == true { return (.locked, []) }
        guard let layout else { return (.locked, ["the section of the volume has no valid layout"]) }
        var reasons: Set<String> = []
        var usable: Set<Int> = []
        for segment in layout.segments {
            if let fault = fault(of: segment, layout, of: volume) {
                reasons.insert(fault)
            } else {
                usable.insert(segment.index)
            }
        }
        let indices = Set(layout.segments.map(\.index))
        if usable != indices { return (.locked, reasons.sorted()) }
        return (reasons.isEmpty ? .online : .degraded, [])
    }

    private func value(
        of segment: VolumeLayout.Segment, in layout: VolumeLayout, of volume: Volume, id: Int
    ) -> Value {
        let blocks = layout.blocks(of: segment)
        let isUsable = fault(of: segment, layout, of: volume) == nil
        return [
            "sid": .string(String(segment.id)), "index": .string(String(segment.index)),
            "vid": .string(String(id)), "start_block": .string(String(blocks.lowerBound)),
            "end_block": .string(String(blocks.upperBound)), "phys_nid": .int(segment.node),
            "nid": .int(document.storageNodes.firstIndex { $0.id == segment.node } ?? 0),
            "type": segment.level == 1 ? "MASTER" : "REDUNDANCY", "state": isUsable ? "ONLINE" : "OFFLINE",
            "partitions": [],
        ]
    }

    private func missing(on node: Int, of volume: Volume, _ layout: VolumeLayout?) -> Int {
        guard let layout, isOnline(node) else { return 0 }
        return layout.segments.filter { $0.node == node && fault(of: $0, layout, of: volume) != nil }.count
    }

    private func deviceCount(of volume: Volume) -> Int {
        volume.nodes.lazy.compactMap { document.node(id: $0) }
            .compactMap { node in node.storageDisks.first { $0.name == volume.disk }?.devices.count }.first ?? 0
    }

    private func usesChecksums(_ volume: Volume) -> Bool {
        volume.nodes.allSatisfy { node in
            (looks[node]?.devices ?? [:]).values.allSatisfy { $0.disk != volume.disk || $0.usesChecksums }
        }
    }
}

extension Document {
    /// Labels as storage shows them: the name and the database, or the kind of an archive, come first, then those that were
    /// added.
    func labels(of volume: Volume) -> [String] {
        let users = databases.filter { $0.dataVolume == volume.name }.map { "pub:\($0.name)_persistent" }
        let kind = volume.isArchive ? ["sdfs", "sdfs:archive"] : []
        return ["#Name#\(volume.name)"] + kind + users + volume.labels
    }
}

extension Shape {
    /// A volume as `st_volume_list` shows it.
    static let volume = Shape.object(
        "StorageVolume", text: "A volume; sizes are bytes.", members: members(sizes: .int, like: 262_144))
    /// A volume as `st_volume_info` shows it.
    static let volumeInformation = Shape.object(
        "StorageVolumeDetails", text: "A volume; sizes have units.", members: members(sizes: .str, like: "256 KiB"))

    private static func members(sizes: Shape, like size: Value) -> [Member] {
        [
            .has("id", .str, text: "The volume id.", like: "10001"), .has("name", .str, like: "DataVolume1"),
            .has("type", .str, text: "Always MASTER.", like: "MASTER"),
            .has(
                "state", .word(StorageView.Condition.allCases.map(\.rawValue)),
                text: "DEGRADED: a copy is missing. LOCKED: it cannot be used."),
            .has("size", .str, text: "What it can hold, with a unit.", like: "16 GiB"),
            .has("block_size", sizes, text: "The size of a block.", like: size),
            .has("stripe_size", sizes, text: "What lies on a device before the next one follows.", like: size),
            .has("bytes_per_block", .int, text: "The block size in bytes.", like: 262_144),
            .has("block_distribution", .str, text: "Always vertical.", like: "vertical"),
            .has("redundancy", .int, text: "How many copies there are."),
            .has("num_master_nodes", .int, text: "On how many nodes its first copy is."),
            .has("volume_nodes", .nodes, text: "Ids of its nodes.", like: [11]),
            .has("hdd_type", .str, text: "Its disk.", like: "disk1"),
            .has("hdds_per_node", .int, text: "Devices of that disk."),
            .has("owner", .int, text: "User id of the owner.", like: 500),
            .has("group", .int, text: "Group id of the owner.", like: 500),
            .has("permissions", .str, text: "As rwx for owner, group and others.", like: "rwxr-xr-x"),
            .has("labels", .names, text: "Its labels.", like: ["#Name#DataVolume1"]),
            .has("shared", .bool, text: "Whether several users may open it."),
            .has("priority", .int, text: "Its place among volumes that want the disk."),
            .has("app_io_enabled", .bool, text: "Whether databases may read and write it."),
            .has("int_io_enabled", .bool, text: "Whether storage may."),
            .has("use_crc", .bool, text: "Whether its devices have checksums."),
            .has("unlock_conditions", .names, text: "What keeps it locked.", like: []),
            .has("snapshots", .list(.anything), text: "Always empty."),
            .has("users", .list(.anything), text: "Always empty."),
            .has("segments", .list(volumeSegment), text: "Its parts."),
            .has("nodes_list", .list(volumeNode), text: "Its nodes, with segments still to be restored."),
        ]
    }

    private static let volumeNode = Shape.object(
        "StorageVolumeNode", text: "What a node lacks of a volume.",
        members: [
            .has("id", .int, text: "The node.", like: 11),
            .has("unrecovered_segments", .int, text: "How many segments are to be restored.", like: 0),
        ])

    private static let volumeSegment = Shape.object(
        "StorageSegment", text: "A part of a volume on a node.",
        members: [
            .has("sid", .str, text: "Its number.", like: "0"),
            .has("index", .str, text: "The part it is a copy of.", like: "0"),
            .has("vid", .str, text: "The volume id.", like: "10001"),
            .has("start_block", .str, text: "Its first block.", like: "0"),
            .has("end_block", .str, text: "Its last block.", like: "65535"),
            .has("phys_nid", .int, text: "The id of its node.", like: 11),
            .has("nid", .int, text: "The logical number of its node, as in st_node_list.", like: 0),
            .has("type", .word(["MASTER", "REDUNDANCY"]), text: "The first copy, or a further one."),
            .has("state", .word(["ONLINE", "OFFLINE"]), text: "Whether it can be used."),
            .has("partitions", .list(.anything), text: "Always empty."),
        ])
}
