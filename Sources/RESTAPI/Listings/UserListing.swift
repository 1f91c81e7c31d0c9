import EXAConf
import JobEngine
import OpenAPI
import Values

extension UserEntry {
    /// `/users`
    static let listing = Listing(
        path: "/users", one: "User", many: "Users", key: "username", keyText: "The name of a user.",
        rights: (list: "user_list", item: "user_info"), detail: "", shown: representation,
        filters: [
            .init("group", "Only members of this group.") { $0.allGroups },
            .init("login_enabled", "Only users who may log in (true), or who may not.") { [String($0.isLoginEnabled)] },
        ],
        name: { $0.name }, items: { $0.document.users })

    private static let representation = Representation<UserEntry>(
        "User", "A user of the cluster.",
        members: [
            .has("name", Schema.text("The name of the user."), like: "jane") { .string($0.name) },
            .may("id", Schema.int("The user id.", from: 0), like: 1001) { $0.id.map(Value.int) },
            .has("login_enabled", Schema.truth("Whether the user may log in."), like: true) {
                .bool($0.isLoginEnabled)
            },
            .has("has_password", Schema.truth("Whether there is a password to log in with."), like: true) {
                .bool($0.passwordHash != nil)
            },
            .has("is_root", Schema.truth("Whether the user may do everything."), like: false) { .bool($0.isRoot) },
            .may("group", Schema.text("The main group."), like: "exausers") { $0.group.map(Value.string) },
            .has("additional_groups", Schema.names("Further groups."), like: ["exaadm"]) {
                .strings($0.additionalGroups)
            },
            .has("authorized_keys", Schema.list(Schema.text("A key."), "SSH public keys."), like: []) {
                .strings($0.authorizedKeys)
            },
        ])
}
