import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_suspend`: nobody waits for these nodes any more; with `disable` the configuration says so too.
    package static let nodeSuspend = JobDefinition(
        name: "node_suspend", noun: "node", summary: "Suspend nodes.", mode: .read,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let ids = try context.givenNodes(in: document)
            try context.requireDispensable(ids, for: "suspended")
            if context.arguments.bool("disable") == true {
                try document.edit { (draft) throws(EXAConfError) in
                    for id in ids { try draft.setState(NodeCondition.deactivated.rawValue, node: id) }
                }
            }
            return Plan(suspensions: Dictionary(ids.map { ($0, true) }) { first, _ in first })
        }
    ).with {
        $0.help = "With `disable` the nodes are marked as deactivated in the configuration, which makes a new revision."
        $0.mandatory = [.nodeIDs]
        $0.optional = [
            Parameter("disable", .bool, text: "Also mark the nodes as disabled in the configuration.", default: false)
        ]
        $0.suspendsNodes = true
        $0.changes = { $0.bool("disable") == true }
        $0.example = ["nid": 12]
    }
}
