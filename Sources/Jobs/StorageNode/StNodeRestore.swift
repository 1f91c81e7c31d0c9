import EXAConf
package import JobEngine
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
            return try context.viewing { (view) throws(JobError) in
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
}
