import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_restore`: restores the segments of a volume a node has lost from their copies.
    package static let stNodeRestore = JobDefinition(
        name: "st_node_restore", noun: "storage_node", summary: "Restore the segments of a node from their redundancy.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let node = try context.givenStorageNode("nid", in: document)
            guard volume.nodes.contains(node) else {
                throw .invalid("nid", "'nid': volume \(volume.name) has no segment on node \(node).")
            }
            return try context.viewing(on: [node]) { (view) throws(JobError) in
                let lost = view.lost(on: node, of: volume)
                guard lost.isEmpty else { throw SegmentTransfer.missing }
                return nil
            }
        }
    ).with {
        $0.mandatory = [.storageNode, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageReadLock
        $0.recovery = .restart
        $0.example = ["nid": 11, "vname": "DataVolume1"]
    }

    /// `st_node_stop_restore`: stops restoring segments of a volume on a node.
    package static let stNodeStopRestore = JobDefinition(
        name: "st_node_stop_restore", noun: "storage_node",
        summary: "Drop the recovery maps of a node and stop restoring.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let volume = try document.given(volumeOf: context.arguments)
            let node = try context.givenStorageNode("nid", in: document)
            guard volume.nodes.contains(node) else {
                throw .invalid("nid", "'nid': volume \(volume.name) has no segment on node \(node).")
            }
            return try context.viewing(on: [node]) { (view) throws(JobError) in
                guard view.lost(on: node, of: volume).isEmpty else {
                    throw JobError(.unsupported, "Nothing is being restored: \(SegmentTransfer.missing.message)")
                }
                return nil
            }
        }
    ).with {
        $0.mandatory = [.storageNode, .volumeID]
        $0.optional = [.volumeName]
        $0.substitutes = volumeStandIns
        $0.locks = storageReadLock
        $0.recovery = .restart
        $0.example = ["nid": 11, "vname": "DataVolume1"]
    }
}

extension StorageView {
    /// Segments of a volume a node should keep and has no file for.
    func lost(on node: Int, of volume: Volume) -> [Int] {
        guard let layout = try? VolumeLayout(volume) else { return [] }
        let held = looks[node]?.volumes[volume.name]?.segments
        return layout.segments.filter { $0.node == node && held?[$0.id]?.present != true }.map(\.id)
    }
}
