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
}

extension GroupEntry {
    /// The group as answers show it.
    var value: Value { .members(["id": id.map(Value.int)]) }
}

extension Shape {
    /// A group as answers show it.
    static let group = Shape.object("GroupInfoResult", "A group.", [.may("id", .int, "The group id.")])
}
