package import JobEngine
import Values

extension JobDefinition {
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
}
