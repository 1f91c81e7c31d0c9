import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `nodes_terminate`: ends the daemon on other nodes; their machines stay up.
    package static let nodesTerminate = JobDefinition(
        name: "nodes_terminate", noun: "node", summary: "Stop all processes of the cluster on nodes.", mode: .read,
        permission: .nodes, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let ids = try context.givenNodes(in: document, parameter: "nids")
            try context.requireDispensable(ids, for: "terminated")
            let away = ids.filter { !context.cluster.isReachable($0) }
            guard away.isEmpty else {
                let names = away.map { String($0) }.joined(separator: ", ")
                throw JobError(
                    .objectBusy, "Node \(names) cannot be reached, so nothing can be stopped there.",
                    details: ["nodes": .ints(away)])
            }
            return Plan(
                commands: try ids.map { (id) throws(JobError) in
                    try Command(NodeTerminate(), on: id, deadline: .seconds(60))
                }.sideBySide)
        }
    ).with {
        $0.mandatory = [.givenNodeIDs]
        $0.example = ["nids": [12, 13]]
    }
}
