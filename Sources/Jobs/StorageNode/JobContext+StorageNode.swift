import EXAConf
import JobEngine
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
    func setting(_ node: Int, _ arguments: [String: Value]) -> Plan {
        Plan(commands: [storageCommand("storage.node.set", on: node, for: document, arguments)])
    }
}
