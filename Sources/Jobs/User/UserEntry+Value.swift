import EXAConf
import JobEngine
import Values

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
    static let userInformation = Shape.object(
        "UserInfoResult", "A user.", userMembers + [.has("name", .str, like: "admin")])

    private static let userMembers: [Shape.Member] = [
        .may("id", .int, "The user id."), .may("group", .str, "The main group."),
        .has("login_enabled", .bool, "Whether the user may log in."),
        .has("additional_groups", .names, "Further groups.", like: ["exaadm"]),
        .has("authorized_keys", .names, "SSH public keys.", like: []),
    ]
}
