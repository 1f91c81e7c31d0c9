package import JobEngine
import Values

extension JobDefinition {
    /// `node_wait_offline`: answers when nodes have shut down.
    package static let nodeWaitOffline = JobDefinition(
        name: "node_wait_offline", noun: "node", summary: "Wait until nodes have shut down.", mode: .read,
        permission: .nodes, result: "List of the ids of the nodes, all of which are offline.",
        work: .answer { (context) throws(JobError) in
            try context.nodesFound(.offline)
        }
    ).with {
        $0.answer = .nodes
        $0.help = Parameter.waitingHelp
        $0.mandatory = [.givenNodeIDs]
        $0.optional = [.waitTimeout]
        $0.example = ["nids": [12, 13]]
    }
}
