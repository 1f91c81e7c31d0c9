import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
            return try context.viewing { (view) throws(JobError) in
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
