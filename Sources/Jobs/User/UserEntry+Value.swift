import EXAConf
import JobEngine

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
    static let user = Shape.object("ClusterUser", "A user.", userMembers)
    /// A user as `user_info` shows it.
    static let userInformation = Shape.object("UserInfoResult", "A user.", userMembers + [.has("name", .str)])

    private static let userMembers: [Shape.Member] = [
        .may("id", .int), .may("group", .str), .has("login_enabled", .bool), .has("additional_groups", .names),
        .has("authorized_keys", .names),
    ]
}
