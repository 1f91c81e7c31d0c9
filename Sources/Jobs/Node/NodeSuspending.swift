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
        $0.needsQuorum = false
        $0.changes = { $0.bool("disable") == true }
        $0.example = ["nid": 12]
    }

    /// `node_resume`: brings suspended nodes back; a node that is not suspended stays as it is.
    ///
    /// The state `suspended` a node was added with stands in the configuration, so every resume may change it.
    package static let nodeResume = JobDefinition(
        name: "node_resume", noun: "node", summary: "Resume suspended nodes.", mode: .read,
        permission: .administration, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let ids = try context.givenNodes(in: document)
            let isEnabling = context.arguments.bool("enable") ?? false
            for id in ids {
                let node = try document.given(node: id)
                if node.state.isEmpty { continue }
                guard isEnabling || node.state != NodeCondition.deactivated.rawValue else {
                    throw .invalid("enable", "Given node \(id) is deactivated in the configuration: give enable True.")
                }
                try document.edit { (draft) throws(EXAConfError) in try draft.setState(nil, node: id) }
            }
            return Plan(suspensions: Dictionary(ids.map { ($0, false) }) { first, _ in first })
        }
    ).with {
        $0.help =
            "A node that was suspended with `disable` needs `enable`. There is a revision only when a state changed."
        $0.mandatory = [.nodeIDs]
        $0.optional = [
            Parameter("enable", .bool, text: "Also mark the nodes as enabled in the configuration.", default: false)
        ]
        $0.suspendsNodes = true
        $0.changes = { _ in true }
        $0.example = ["nid": 12]
    }
}
