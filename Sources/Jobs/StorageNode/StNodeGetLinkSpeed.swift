import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `st_node_get_link_speed`: the speed of the slowest network link of a node.
    package static let stNodeGetLinkSpeed = JobDefinition(
        name: "st_node_get_link_speed", noun: "storage_node", summary: "Speed of the slowest network link of a node.",
        mode: .read, permission: .storage, result: "MBit/s, as a number.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            guard let id = context.arguments.int("nid") else { throw JobError(.parameterMissing, "'nid' is missing.") }
            _ = try document.given(node: id)
            try context.requireReachable([id])
            let command = try Command(NetworkLinkSpeed(), on: id, deadline: JobContext.longestLook)
            return Plan(commands: [command]) { (outputs) throws(JobError) in
                guard let speed = try NetworkLinkSpeed.answer(outputs.first).speed else {
                    throw JobError(.unsupported, "No network link of node \(id) tells its speed, as virtual ones do.")
                }
                return .int(speed)
            }
        }
    ).with {
        $0.answer = .int
        $0.mandatory = [.storageNode]
        $0.recovery = .restart
        $0.example = ["nid": 11]
    }
}
