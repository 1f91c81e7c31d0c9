import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `group_delete`: takes a group out that no user and no object belongs to.
    package static let groupDelete = JobDefinition(
        name: "group_delete", noun: "group", summary: "Remove a group from all nodes.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let group = try document.given(group: context.arguments.required("groupname"))
            try document.edit(about: "groupname") { (draft) throws(EXAConfError) in try draft.removeGroup(group.name) }
            return nil
        }
    ).with {
        $0.help = "A group that users belong to, or that owns a volume, a database or a BucketFS service, stays."
        $0.mandatory = [.groupName]
        $0.example = ["groupname": "exausers"]
    }
}
