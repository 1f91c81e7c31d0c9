import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
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
}
