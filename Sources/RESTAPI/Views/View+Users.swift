extension View {
    /// `/users`: what can be done with those who may log in.
    static let users = View(
        "/users", one: "User", many: "Users", key: "username",
        [
            .create("user_create"), .change("user_modify"),
            .remove("user_delete"), .action("set-password", "user_passwd"),
        ])
}
