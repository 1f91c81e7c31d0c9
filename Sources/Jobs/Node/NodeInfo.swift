import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_info`: one node with its state, role and time of start.
    package static let nodeInfo = JobDefinition(
        name: "node_info", noun: "node", summary: "Details of one node.", mode: .read, permission: .nodes,
        result: "Dict of the node's settings with state, is_master, is_reachable, booted and booted_at.",
        work: .answer { (context) throws(JobError) in
            let node = try context.document.given(node: context.arguments.int("nid") ?? -1)
            let booted = node.id.flatMap { context.cluster.booted[$0] }
            let root = context.document.docker?.rootDirectory ?? "/exa/etc"
            var members = node.value(below: root).map ?? [:]
            members["state"] = .string(NodeCondition(node, in: context.cluster).rawValue)
            members["is_master"] = .bool(node.id != nil && node.id == context.cluster.master?.node)
            members["is_reachable"] = .bool(booted != nil)
            members["booted"] = booted.map { .string($0.asctime(by: context.document.clock)) }
            members["booted_at"] = booted.map { .string($0.description) }
            members["affinity"] = node.affinity.map { .string(String($0)) }
            return .map(members)
        }
    ).with {
        $0.answer = .nodeInformation
        $0.mandatory = [Parameter("nid", .int, text: "Node id.")]
        $0.example = ["nid": 13]
    }
}
