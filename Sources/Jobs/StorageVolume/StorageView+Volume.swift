import EXAConf
import JobEngine

extension StorageView {
    /// The condition of a volume, in the words of `st_volume_list`.
    private enum Condition: String {
        case online = "ONLINE"
        case degraded = "DEGRADED"
        case locked = "LOCKED"
    }

    /// A volume as `st_volume_list` shows it: `id` and numbers of segments are text, sizes bytes but for `size`.
    func value(of volume: Volume) -> Value {
        let layout = try? VolumeLayout(volume)
        let id = document.volumeIDs[volume.name] ?? 0
        let (condition, reasons) = condition(of: volume, layout)
        let segments = layout.map { layout in layout.segments.map { value(of: $0, layout, volume, id) } } ?? []
        return .map(
            settings(of: volume, layout).merging(
                [
                    "id": .string(String(id)), "name": .string(volume.name), "type": "MASTER",
                    "state": .string(condition.rawValue), "segments": .list(segments),
                    "unlock_conditions": .strings(reasons), "snapshots": [], "users": [],
                    "app_io_enabled": flag("app_io", of: volume) ?? true,
                    "int_io_enabled": flag("int_io", of: volume) ?? true, "use_crc": .bool(usesChecksums(volume)),
                    "nodes_list": .list(
                        volume.nodes.map {
                            ["id": .int($0), "unrecovered_segments": .int(missing($0, volume, layout))]
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
        if flag("locked", of: volume)?.bool == true { return (.locked, []) }
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
        of segment: VolumeLayout.Segment, _ layout: VolumeLayout, _ volume: Volume, _ id: Int
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

    private func missing(_ node: Int, _ volume: Volume, _ layout: VolumeLayout?) -> Int {
        guard let layout, isOnline(node) else { return 0 }
        return layout.segments.filter { $0.node == node && fault(of: $0, layout, of: volume) != nil }.count
    }

    private func deviceCount(of volume: Volume) -> Int {
        volume.nodes.lazy.compactMap { document.node(id: $0) }
            .compactMap { node in node.storageDisks.first { $0.name == volume.disk }?.devices.count }.first ?? 0
    }

    private func usesChecksums(_ volume: Volume) -> Bool {
        volume.nodes.allSatisfy { node in
            (looks[node]?["devices"]?.map ?? [:]).values
                .allSatisfy { $0["disk"]?.string != volume.disk || $0["use_crc"]?.bool != false }
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
    static let volume = Shape.object("StorageVolume", "A volume; sizes are bytes.", members(sizes: .int))
    /// A volume as `st_volume_info` shows it.
    static let volumeInformation = Shape.object("StVolumeInfoResult", "A volume.", members(sizes: .str))

    private static func members(sizes: Shape) -> [Member] {
        [
            .has("id", .str), .has("name", .str), .has("type", .str), .has("state", .str), .has("size", .str),
            .has("block_size", sizes), .has("stripe_size", sizes), .has("bytes_per_block", .int),
            .has("block_distribution", .str), .has("redundancy", .int), .has("num_master_nodes", .int),
            .has("volume_nodes", .nodes), .has("hdd_type", .str), .has("hdds_per_node", .int), .has("owner", .int),
            .has("group", .int), .has("permissions", .str), .has("labels", .names), .has("shared", .bool),
            .has("priority", .int), .has("app_io_enabled", .bool), .has("int_io_enabled", .bool),
            .has("use_crc", .bool), .has("unlock_conditions", .names), .has("snapshots", .list(.anything)),
            .has("users", .list(.anything)), .has("segments", .list(segment)),
            .has(
                "nodes_list",
                .list(
                    .object(
                        "StorageVolumeNode", "What a node lacks.",
                        [.has("id", .int), .has("unrecovered_segments", .int)]))),
        ]
    }

    private static let segment = Shape.object(
        "StorageSegment", "A part of a volume on a node.",
        [
            .has("sid", .str), .has("index", .str), .has("vid", .str), .has("start_block", .str),
            .has("end_block", .str), .has("phys_nid", .int), .has("nid", .int), .has("type", .str), .has("state", .str),
            .has("partitions", .list(.anything)),
        ])
}
