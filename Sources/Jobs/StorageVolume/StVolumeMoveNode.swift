import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
