import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_state`: the state of every node, and when those that can be reached were started.
    package static let nodeState = JobDefinition(
        name: "node_state", noun: "node", summary: "State of all nodes.", mode: .read, permission: .nodes,
        result:
            "Dict of node ids (text) with online, offline, suspended or deactivated; 'booted' is a dict of times.",
        work: .answer { (context) throws(JobError) in
            var states: [String: Value] = [:]
            var booted: [String: Value] = [:]
            for node in context.document.nodes {
                let id = node.section.identifier
                states[id] = .string(NodeCondition(node, in: context.cluster).rawValue)
                booted[id] = node.id.flatMap { context.cluster.booted[$0] }.map {
                    .string($0.asctime(by: context.document.clock))
                }
            }
            states["booted"] = .map(booted)
            return .map(states)
        }
    ).with { $0.answer = .nodeStates }
}

extension Shape {
    fileprivate static let nodeStates = Shape.object(
        "NodeStateResult", "States of nodes by their ids; when they were started stands beside them.",
        [
            .has(
                "booted", .dict(.str),
                "By id, as asctime has it, in the cluster's time zone; of nodes that can be reached.")
        ], others: .str)
}
