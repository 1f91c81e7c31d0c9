import EXAConf
import JobEngine
import NodeCommands
import Values

extension JobContext {
    /// The node of a parameter, which has a disk for volumes and can be reached.
    func givenStorageNode(_ parameter: String, in document: Document) throws(JobError) -> Int {
        guard let id = arguments.int(parameter) else {
            throw JobError(.parameterMissing, "'\(parameter)' is missing.")
        }
        _ = try document.given(storageNode: id)
        try requireReachable([id])
        return id
    }

    /// A plan that sets something for the storage of a node.
    func setting(_ node: Int, _ task: StorageNodeSet) throws(JobError) -> Plan {
        Plan(commands: [try command(task, on: node, for: document)])
    }
}
