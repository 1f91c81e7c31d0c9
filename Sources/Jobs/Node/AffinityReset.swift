import EXAConf
package import JobEngine

extension JobDefinition {
    /// `affinity_reset`: gives every node its id as preference for elections again.
    package static let affinityReset = JobDefinition(
        name: "affinity_reset", noun: "node", summary: "Reset the affinity of all nodes to their ids.", mode: .modify,
        permission: .nodes, result: "Nothing.",
        work: .edit { (_, document) throws(JobError) in
            for node in document.nodes {
                // Without the key the id counts anyway, and old files stay without it.
                guard let id = node.id, let affinity = node.text("Affinity"), affinity != String(id) else { continue }
                try document.edit { (draft) throws(EXAConfError) in try draft.setAffinity(nil, node: id) }
            }
            return nil
        })
}
