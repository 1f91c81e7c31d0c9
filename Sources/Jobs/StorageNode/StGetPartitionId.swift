package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_get_partition_id`: the number under which the storage service of the deciding node runs.
    package static let stGetPartitionId = JobDefinition(
        name: "st_get_partition_id", noun: "storage_node", summary: "Id of the partition of the storage service.",
        mode: .read, permission: .storage, result: "The id of the process, as a number.",
        work: .look { (context) throws(JobError) in
            let command = try context.command(StorageLook(), on: context.cluster.ownNode, for: context.document)
            return Plan(commands: [command]) { (outputs) throws(JobError) in
                .int(try OnStorage<StorageLook>.answer(outputs.first).process)
            }
        }
    ).with {
        $0.answer = .int
        $0.help = "Storage has no partition of its own here: it is part of this daemon, whose process id is told."
        $0.recovery = .restart
    }
}
