extension View {
    /// `/users`: who may log in.
    static let users = View(
        "/users", one: "User", many: "Users", key: "username",
        [
            .list("user_list"), .item("user_info"), .create("user_create"), .change("user_modify"),
            .remove("user_delete"), .action("set-password", "user_passwd"),
        ])
}
