import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `st_volume_increase_redundancy`: one or more further copies of every segment.
    package static let stVolumeIncreaseRedundancy = JobDefinition(
        name: "st_volume_increase_redundancy", noun: "storage_volume", summary: "Raise the redundancy of a volume.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let nodes = try context.arguments.ints("nodes") ?? volume.nodes
            let copies = volume.redundancy + (context.arguments.int("delta") ?? 1)
            let all = volume.nodes + nodes.filter { !volume.nodes.contains($0) }
            guard copies <= all.count else {
                throw .invalid(
                    "delta",
                    "'delta': \(copies) copies need as many nodes, and there are \(all.count): no node keeps two copies."
                )
            }
            try document.edit(keys: ["Redundancy": "delta", "Nodes": "nodes"]) { (draft) throws(EXAConfError) in
                try draft.modifyVolume(
                    volume.name,
                    VolumeSettings(nodes: all, masterNodeCount: volume.masterNodeCount, redundancy: copies))
            }
            try context.requireReachable(all)
            throw SegmentTransfer.missing
        }
    ).with {
        $0.help = "Copies lie on different nodes, so there are never more than nodes."
        $0.mandatory = [.delta, .volumeID]
        $0.optional = [
            Parameter(
                "nodes", .list, text: "Nodes for the new segments; without it the nodes of the volume.", shape: .nodes),
            .volumeName,
        ]
        $0.substitutes = volumeStandIns
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.changes = { _ in true }
        $0.example = ["vname": "DataVolume1", "delta": 1]
    }
}
