import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_set_space_warn_threshold`: at which percentage low space of a node is reported.
    package static let stNodeSetSpaceWarnThreshold = JobDefinition(
        name: "st_node_set_space_warn_threshold", noun: "storage_node",
        summary: "Set the percentage at which low space is reported.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("node", in: document)
            return try context.setting(node, StorageNodeSet(threshold: context.arguments.int("threshold") ?? 0))
        }
    ).with {
        $0.mandatory = [
            .physicalNode, Parameter("threshold", .int, text: "Percentage, 0 switches it off.", range: 0...100),
        ]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["node": 11, "threshold": 100]
    }
}
