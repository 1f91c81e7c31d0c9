import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_set_bg_recovery_limit`: how fast a node restores data in the background.
    package static let stNodeSetBgRecoveryLimit = JobDefinition(
        name: "st_node_set_bg_recovery_limit", noun: "storage_node",
        summary: "Limit the rate of background recovery of a node.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("nid", in: document)
            let limit = context.arguments.int("limit") ?? context.arguments.int("threshold") ?? 0
            return try context.setting(node, StorageNodeSet(limit: limit))
        }
    ).with {
        $0.mandatory = [Parameter("limit", .int, text: "MiB/s, 0 for automatic.", range: 0...1_000_000), .storageNode]
        $0.optional = [Parameter("threshold", .int, text: "Another name of limit.", range: 0...1_000_000)]
        $0.substitutes = ["limit": ["threshold"], "threshold": ["limit"]]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["nid": 11, "limit": 0]
    }
}
