import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `node_remove`: takes nodes out of the cluster, all that are named or none.
    package static let nodeRemove = JobDefinition(
        name: "node_remove", noun: "node",
        summary: "Take nodes out of the cluster; one that is suspended, or in use and not forced, makes it fail.",
        mode: .modify, permission: .nodes, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let ids = try context.givenNodes(in: document)
            try context.requireDispensable(ids, for: "removed")
            for id in ids {
                let node = try document.given(node: id)
                guard node.state != NodeCondition.suspended.rawValue, !context.cluster.suspended.contains(id) else {
                    throw JobError(.objectBusy, "Given node \(id) is suspended: resume it first.")
                }
            }
            let isForced = context.arguments.bool("force") ?? false
            try document.edit { (draft) throws(EXAConfError) in
                for id in ids { try draft.removeNode(id, force: isForced) }
            }
            return nil
        }
    ).with {
        $0.help = """
            With `force` a node goes although a volume or a database uses it, and their lists of nodes stay as they \
            are. The master is never removed.
            """
        $0.mandatory = [.nodeIDs]
        $0.optional = [
            Parameter("force", .bool, text: "Remove it though a volume or database uses it.", default: false)
        ]
        $0.example = ["nid": [12, 13]]
    }
}
