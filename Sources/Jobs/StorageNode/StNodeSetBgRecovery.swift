import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_set_bg_recovery`: whether a node restores data nobody asked for yet.
    package static let stNodeSetBgRecovery = JobDefinition(
        name: "st_node_set_bg_recovery", noun: "storage_node",
        summary: "Switch background recovery of a node on or off.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("node", in: document)
            return try context.setting(node, StorageNodeSet(recovery: context.arguments.bool("enabled") ?? true))
        }
    ).with {
        $0.mandatory = [Parameter("enabled", .bool, text: "On or off."), .physicalNode]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["enabled": true, "node": 11]
    }
}
