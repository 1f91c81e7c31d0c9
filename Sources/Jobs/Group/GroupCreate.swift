import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `group_create`: a new group.
    package static let groupCreate = JobDefinition(
        name: "group_create", noun: "group", summary: "Create a group on all nodes.", mode: .modify,
        permission: .administration, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let name = try context.arguments.required("groupname")
            let id = context.arguments.int("groupid") ?? -1
            guard document.group(named: name) == nil else { throw .exists("group \(name)") }
            if let other = document.group(id: id) {
                throw JobError(.objectExists, "Given group id \(id) already exists: it is that of \(other.name).")
            }
            try document.edit(about: "groupname", keys: ["ID": "groupid"]) { (draft) throws(EXAConfError) in
                try draft.addGroup(name, id: id)
            }
            return nil
        }
    ).with {
        $0.mandatory = [Parameter("groupid", .int, text: "Id of the group."), .groupName]
        $0.example = ["groupid": 42, "groupname": "exausers"]
    }
}
