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

extension UserEntry {
    /// The user as answers show it; never with the hash of the password.
    var value: Value {
        .members([
            "id": id.map(Value.int), "group": group.map(Value.string), "login_enabled": .bool(isLoginEnabled),
            "additional_groups": .strings(additionalGroups), "authorized_keys": .strings(authorizedKeys),
        ])
    }
}

extension Shape {
    /// A user as `user_list` shows it.
    static let user = Shape.object("ClusterUser", text: "A user.", members: userMembers)
    /// A user as `user_info` shows it.
    static let userInformation = Shape.object(
        "UserInfoResult", text: "A user.", members: userMembers + [.has("name", .str, like: "admin")])

    private static let userMembers: [Shape.Member] = [
        .may("id", .int, text: "The user id."), .may("group", .str, text: "The main group."),
        .has("login_enabled", .bool, text: "Whether the user may log in."),
        .has("additional_groups", .names, text: "Further groups.", like: ["exaadm"]),
        .has("authorized_keys", .names, text: "SSH public keys.", like: []),
    ]
}
