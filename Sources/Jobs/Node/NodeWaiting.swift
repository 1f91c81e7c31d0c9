import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_wait_ready`: answers when nodes have booted and accept jobs.
    package static let nodeWaitReady = waiting(
        "node_wait_ready", for: .online, summary: "Wait until nodes have booted and accept jobs.", found: "ready")

    /// `node_wait_offline`: answers when nodes have shut down.
    package static let nodeWaitOffline = waiting(
        "node_wait_offline", for: .offline, summary: "Wait until nodes have shut down.", found: "offline")

    private static func waiting(
        _ name: String, for condition: NodeCondition, summary: String, found: String
    ) -> JobDefinition {
        JobDefinition(
            name: name, noun: "node", summary: summary, mode: .read, permission: .nodes,
            result: "List of the ids of the nodes, all of which are \(found).",
            work: .answer { (context) throws(JobError) in try context.nodesFound(condition) }
        ).with {
            $0.answer = .nodes
            $0.help = Parameter.waitingHelp
            $0.mandatory = [.givenNodeIDs]
            $0.optional = [.waitTimeout]
            $0.example = ["nids": [12, 13]]
        }
    }
}

extension Parameter {
    static let waitTimeout = Parameter("timeout", .int, text: "Seconds to wait at most.", range: 0...86_400)
    static let waitingHelp = """
        Answers at once when it is so. Nodes of an installation of one node never come or go by themselves: a job that \
        would have to wait for that is declined, whatever its `timeout`.
        """
}

extension JobContext {
    /// The nodes of `nids` when they are as they shall be.
    ///
    /// - Throws: ``JobError/Code/unsupported`` when some are not, since nothing here will ever tell that they are.
    func nodesFound(_ wanted: NodeCondition) throws(JobError) -> Value {
        let ids = try givenNodes(in: document, parameter: "nids")
        let away = ids.filter { cluster.isReachable($0) != (wanted == .online) }
        guard away.isEmpty else {
            let names = away.map { String($0) }.joined(separator: ", ")
            throw JobError(
                .unsupported,
                "Node \(names) is not \(wanted.rawValue), and this daemon has no connection to other nodes that would "
                    + "tell when it is. Nothing was waited for.", details: ["nodes": .ints(away)])
        }
        return .ints(ids)
    }
}
