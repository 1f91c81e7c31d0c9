import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_volume_clear_data`: overwrites what is in a volume with zeroes.
    package static let stVolumeClearData = JobDefinition(
        name: "st_volume_clear_data", noun: "storage_volume", summary: "Overwrite the segments on nodes with zeroes.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let bytes = context.arguments.int("num_bytes") ?? 0
            let commands = try context.clearedNodes(of: volume).map { (node) throws(JobError) in
                try context.command(StorageVolumeClear(volume.name, bytes: bytes), on: node, for: document)
            }
            return Plan(commands: commands.sideBySide)
        }
    ).with {
        $0.help = """
            Nodes are given by their ids; a number below 11 counts the nodes of the volume, from 0. What was cleared \
            cannot come back.
            """
        $0.mandatory = [
            Parameter("node_ids", .list, text: "Node ids; empty means all.", shape: .nodes),
            Parameter("num_bytes", .int, text: "Bytes per segment, 0 means all.", range: 0...(1 << 60)), .volumeID,
        ]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.recovery = .restart
        $0.example = ["vname": "DataVolume1", "node_ids": [0], "num_bytes": 0]
    }
}

extension JobContext {
    fileprivate func clearedNodes(of volume: Volume) throws(JobError) -> [Int] {
        var nodes: [Int] = []
        for id in try arguments.ints("node_ids") ?? [] {
            let node = volume.nodes.indices.contains(id) ? volume.nodes[id] : id
            guard volume.nodes.contains(node) else {
                throw .invalid("node_ids", "'node_ids': volume \(volume.name) has no segment on node \(id).")
            }
            if !nodes.contains(node) { nodes.append(node) }
        }
        let all = nodes.isEmpty ? volume.nodes : nodes
        try requireReachable(all)
        return all
    }
}
