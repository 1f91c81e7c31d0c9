import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_list`: all nodes by id, the id as text.
    package static let nodeList = JobDefinition(
        name: "node_list", noun: "node", summary: "All nodes of the configuration; empty values are left out.",
        mode: .read, permission: .nodes, result: "Dict of node ids (text), each with a dict of the node's settings.",
        work: .answer { (context) throws(JobError) in
            let root = context.document.docker?.rootDirectory ?? "/exa/etc"
            let nodes = context.document.nodes.map { ($0.section.identifier, $0.value(below: root)) }
            return .map(Dictionary(nodes) { first, _ in first })
        }
    ).with { $0.answer = .dict(.node) }
}
