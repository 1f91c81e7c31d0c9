import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `group_list`: all groups by name.
    package static let groupList = JobDefinition(
        name: "group_list", noun: "group", summary: "All groups of the configuration.", mode: .read,
        permission: .administration, result: "Dict of group names, each with a dict that holds the id.",
        work: .answer { (context) throws(JobError) in
            .map(Dictionary(context.document.groups.map { ($0.name, $0.value) }) { first, _ in first })
        }
    ).with { $0.answer = .dict(.group) }

    /// `group_info`: one group.
    package static let groupInfo = JobDefinition(
        name: "group_info", noun: "group", summary: "Details of one group.", mode: .read,
        permission: .administration, result: "Dict with the id of the group.",
        work: .answer { (context) throws(JobError) in
            try context.document.given(group: context.arguments.required("groupname")).value
        }
    ).with {
        $0.answer = .group
        $0.mandatory = [.groupName]
        $0.example = ["groupname": "exausers"]
    }

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

extension GroupEntry {
    /// The group as answers show it.
    var value: Value { .members(["id": id.map(Value.int)]) }
}

extension Shape {
    /// A group as answers show it.
    static let group = Shape.object(
        "GroupInfoResult", text: "A group.", members: [.may("id", .int, text: "The group id.")])
}
