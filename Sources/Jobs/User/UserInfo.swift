import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `user_info`: one user, by name or id, without the password.
    package static let userInfo = JobDefinition(
        name: "user_info", noun: "user", summary: "Details of one user.", mode: .read,
        permission: .administration,
        result: "Dict of name, id, main group, further groups, keys and login permission.",
        work: .answer { (context) throws(JobError) in
            let user: UserEntry
            if let id = context.arguments.int("userid") {
                guard let found = context.document.user(id: id) else { throw .missing("user \(id)") }
                user = found
            } else {
                user = try context.document.given(user: context.arguments.required("username"))
            }
            var members = user.value.map ?? [:]
            members["name"] = .string(user.name)
            return .map(members)
        }
    ).with {
        $0.answer = .userInformation
        $0.mandatory = [.userName]
        $0.optional = [.userID]
        $0.substitutes = ["username": ["userid"], "userid": ["username"]]
        $0.example = ["username": "root"]
    }
}
