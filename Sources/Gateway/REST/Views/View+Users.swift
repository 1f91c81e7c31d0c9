extension View {
    /// `/users`: who may log in.
    static let users = View(
        "/users", one: "User", many: "Users", key: "username",
        [
            .list("user_list"), .item("user_info"), .create("user_create"), .change("user_modify"),
            .remove("user_delete"), .action("set-password", "user_passwd"),
        ],
        members: [
            "id": Schema.int("The user id."), "group": Schema.text("The main group."),
            "login_enabled": Schema.truth("Whether he may log in."),
            "additional_groups": Schema.list(Schema.text("A group."), "Further groups."),
            "authorized_keys": Schema.list(Schema.text("A key."), "SSH public keys."),
        ])
}
