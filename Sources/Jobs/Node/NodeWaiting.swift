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
            work: .look { (context) throws(JobError) in try context.wait(for: condition, found) }
        ).with {
            $0.answer = .nodes
            $0.help = Parameter.waitingHelp
            $0.mandatory = [.givenNodeIDs]
            $0.optional = [.waitTimeout]
            $0.recovery = .restart
            $0.example = ["nids": [12, 13]]
        }
    }
}

extension Parameter {
    static let waitTimeout = Parameter(
        "timeout", .int, text: "Seconds to wait at most.", default: 600, range: 0...86_400)
    static let waitingHelp = """
        Answers at once when it is so, and ends as timed out when it is not so in time; the job names the nodes it waits for. \
        It goes on waiting, with the rest of the time, when another node becomes the master. Whether a node is suspended \
        does not matter. Nodes of an installation of one node never come or go by themselves: a job that would have to wait \
        for that is declined, whatever its `timeout`.
        """
}

extension JobContext {
    /// Waits until the nodes of `nids` are as they shall be, as long as `timeout` says.
    ///
    /// - Throws: ``JobError/Code/unsupported`` when some are not and this node is alone: nothing here will ever tell that they
    ///   are.
    func wait(for wanted: NodeCondition, _ found: String) throws(JobError) -> Plan {
        let ids = try givenNodes(in: document, parameter: "nids")
        let away = cluster.nodes(ids, not: wanted)
        if away.isEmpty { return Plan { (_) throws(JobError) in .ints(ids) } }
        let names = away.map { String($0) }.joined(separator: ", ")
        guard cluster.isElected else {
            throw JobError(
                .unsupported,
                "Node \(names) is not \(wanted.rawValue), and this daemon has no connection to other nodes that would "
                    + "tell when it is. Nothing was waited for.", details: ["nodes": .ints(away)])
        }
        let seconds = arguments.int("timeout") ?? 600
        let expectation = Expectation(for: .seconds(seconds)) { obstacles in
            let late = obstacles.compactMap(\.nodeID)
            let names = late.map { String($0) }.joined(separator: ", ")
            return JobError(
                .jobTimedOut, "Node \(names) is not \(found) after \(seconds) s.", details: ["nodes": .ints(late)])
        } obstacles: { status in
            status.nodes(ids, not: wanted).map { .node($0) }
        }
        return Plan(
            awaiting: expectation, on: cluster.ownNode, ["nodes": .ints(ids), "state": .string(wanted.rawValue)],
            output: .ints(ids))
    }
}

extension ClusterStatus {
    /// Those of some nodes that are not as they shall be. A member is online once it has all it needs to take part.
    fileprivate func nodes(_ ids: [Int], not wanted: NodeCondition) -> [Int] {
        ids.filter { id in
            guard wanted == .online else { return isReachable(id) }
            return !isReachable(id) || id != ownNode && members[id]?.isReady == false
        }
    }
}
