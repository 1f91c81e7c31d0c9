import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_suspend`: takes the storage of a node out of service; volumes on it are locked.
    package static let stNodeSuspend = JobDefinition(
        name: "st_node_suspend", noun: "storage_node", summary: "Suspend a storage node.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("nid", in: document)
            return try context.setting(node, StorageNodeSet(suspended: true))
        }
    ).with {
        $0.mandatory = [.storageNode]
        $0.help = "Volumes with a segment on it are locked, or degraded where another copy is in service."
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["nid": 11]
    }

    /// `st_node_resume`: brings the storage of a suspended node back.
    package static let stNodeResume = JobDefinition(
        name: "st_node_resume", noun: "storage_node", summary: "Bring a suspended storage node back.",
        mode: .read, permission: .storageChanges, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let node = try context.givenStorageNode("nid", in: document)
            return try context.setting(node, StorageNodeSet(suspended: false))
        }
    ).with {
        $0.mandatory = [.storageNode]
        $0.locks = storageLock
        $0.undoes = storageUndoes
        $0.example = ["nid": 11]
    }
}
