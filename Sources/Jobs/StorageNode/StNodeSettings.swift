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

    /// `st_node_force_bg_recovery_limit_calibration`: measures anew how fast a node may restore data while no limit is set.
    package static let stNodeForceBgRecoveryLimitCalibration = JobDefinition(
        name: "st_node_force_bg_recovery_limit_calibration", noun: "storage_node",
        summary: "Restart the calibration of the recovery limit.",
        mode: .read, permission: .storage, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("nid", in: document)
            return Plan(commands: [try context.command(StorageCalibrate(), on: node, for: document)])
        }
    ).with {
        $0.mandatory = [.storageNode]
        $0.help = "16 MiB are written beside the devices; the half of that rate becomes the limit, in MiB/s."
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["nid": 11]
    }

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
