import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_list`: all users by name, without their passwords.
    package static let userList = JobDefinition(
        name: "user_list", noun: "user", summary: "All users with their details.", mode: .read,
        permission: .administration,
        result: "Dict of user names, each with a dict of id, main group, further groups, keys and login permission.",
        work: .answer { (context) throws(JobError) in
            .map(Dictionary(context.document.users.map { ($0.name, $0.value) }) { first, _ in first })
        }
    ).with { $0.answer = .dict(.user) }
}
