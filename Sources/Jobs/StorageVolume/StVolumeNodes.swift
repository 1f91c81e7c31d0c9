import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_append_node`: further nodes, each with one more range of blocks.
    package static let stVolumeAppendNode = JobDefinition(
        name: "st_volume_append_node", noun: "storage_volume", summary: "Append nodes to a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let nodes = try context.arguments.appendedNodes(to: volume)
            guard volume.redundancy == 1 else {
                _ = try document.settings(of: volume, appending: nodes)
                try context.requireReachable(volume.nodes + nodes)
                throw SegmentTransfer.missing
            }
            let settings = try document.settings(of: volume, appending: nodes)
            try document.edit(about: "node_ids") { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, settings)
            }
            try context.requireReachable(volume.nodes)
            return Plan(
                commands: try context.arranging(
                    volume.name, .create, on: nodes, for: document, about: "node_ids"))
        }
    ).with {
        $0.help = """
            At least as many as the volume has copies, and a multiple of its master nodes. The volume grows, since every \
            node gets a segment as large as the present ones.
            """
        $0.mandatory = [
            .volumeNodes, Parameter("node_num", .int, text: "Number of nodes.", range: 1...1000), .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "node_ids": [12], "node_num": 1]
    }

    /// `st_volume_move_node`: moves the parts of a volume from some nodes to others, pair by pair.
    package static let stVolumeMoveNode = JobDefinition(
        name: "st_volume_move_node", noun: "storage_volume",
        summary: "Move the parts of a volume from some nodes to others.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let sources = try context.arguments.ints("src_nodes") ?? []
            let targets = try context.arguments.ints("dst_nodes") ?? []
            let moved = try volume.nodes(moving: sources, to: targets)
            try document.edit(about: "dst_nodes") { (draft) throws(EXAConfError) in
                try draft.modifyVolume(volume.name, VolumeSettings(nodes: moved))
            }
            try context.requireReachable(sources + targets)
            throw SegmentTransfer.missing
        }
    ).with {
        $0.help =
            "Each source has to keep a part of the volume, no destination may, and destinations have to be online."
        $0.mandatory = [
            Parameter("dst_nodes", .list, text: "Physical ids of the destinations.", shape: .nodes),
            Parameter("src_nodes", .list, text: "Physical ids of the sources.", shape: .nodes), .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "dst_nodes": [12], "src_nodes": [11]]
    }
}

extension Arguments {
    fileprivate func appendedNodes(to volume: Volume) throws(JobError) -> [Int] {
        let nodes = try ints("node_ids") ?? []
        guard !nodes.isEmpty, Set(nodes).count == nodes.count, nodes.count == int("node_num") else {
            let isList = !nodes.isEmpty && Set(nodes).count == nodes.count
            throw .invalid(isList ? "node_num" : "node_ids", "'node_ids' has to name 'node_num' different nodes.")
        }
        if let present = nodes.first(where: volume.nodes.contains) {
            throw .invalid("node_ids", "'node_ids': node \(present) keeps a part of volume \(volume.name) already.")
        }
        guard nodes.count >= volume.redundancy, nodes.count % max(1, volume.masterNodeCount) == 0 else {
            throw .invalid(
                "node_ids",
                "'node_ids': at least \(volume.redundancy) nodes, and a multiple of \(volume.masterNodeCount), are needed."
            )
        }
        return nodes
    }
}

extension Document {
    fileprivate func settings(of volume: Volume, appending nodes: [Int]) throws(JobError) -> VolumeSettings {
        for node in nodes { _ = try given(storageNode: node) }
        let layout = try layout(of: volume)
        let masters = volume.masterNodeCount + nodes.count
        let (blocks, overflow) = (layout.blocksPerSegment * layout.blockSize).multipliedReportingOverflow(by: masters)
        guard !overflow, let size = Size(bytes: blocks) else {
            throw .invalid("node_ids", "'node_ids': the volume would become too large.")
        }
        // Masters come first: those that are for redundancy only stay behind them.
        let present = volume.nodes
        let all = present.prefix(volume.masterNodeCount) + nodes + present.dropFirst(volume.masterNodeCount)
        return VolumeSettings(size: size.exactText, nodes: Array(all), masterNodeCount: masters)
    }
}

extension Volume {
    fileprivate func nodes(moving sources: [Int], to targets: [Int]) throws(JobError) -> [Int] {
        guard !sources.isEmpty, Set(sources).count == sources.count else {
            throw .invalid("src_nodes", "'src_nodes': name at least one node, each only once.")
        }
        guard sources.count == targets.count, Set(targets).count == targets.count else {
            throw .invalid("dst_nodes", "'dst_nodes': name a different destination for each source.")
        }
        if let stranger = sources.first(where: { !nodes.contains($0) }) {
            throw .invalid("src_nodes", "'src_nodes': volume \(name) has no segment on node \(stranger).")
        }
        if let present = targets.first(where: nodes.contains) {
            throw .invalid("dst_nodes", "'dst_nodes': node \(present) keeps a part of volume \(name) already.")
        }
        let pairs = Dictionary(zip(sources, targets)) { first, _ in first }
        return nodes.map { pairs[$0] ?? $0 }
    }
}

/// Bringing the content of a segment from one node to another.
enum SegmentTransfer {
    /// What a job says that would need it.
    static let missing = JobError(
        .unsupported,
        "The content of segments would have to be copied from node to node, for which there is no connection between the "
            + "nodes' storage here. Make a volume on the nodes in question, and restore a backup into it.")
}
