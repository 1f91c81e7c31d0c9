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
