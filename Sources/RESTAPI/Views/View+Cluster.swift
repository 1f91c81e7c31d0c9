extension View {
    /// `/nodes`: what can be done with the machines of the cluster, by their ids.
    static let nodes = View(
        "/nodes", one: "Node", many: "Nodes", key: "nid", label: "id",
        [
            .create("node_add"), .remove("node_remove"),
            .action("suspend", "node_suspend"), .action("resume", "node_resume"),
            .action("add-batch", "node_add_batch", on: .all), .action("reset-affinity", "affinity_reset", on: .all),
        ])

    /// `/license`: what the cluster may use.
    static let license = View(
        "/license", one: "License",
        [
            .item("license_info"), .replace("license_upload"), .details("check", "license_run_check"),
            .part("text", "license_download"),
        ])

    /// `/certificate`: the TLS certificate of databases, buckets and this daemon.
    static let certificate = View(
        "/certificate", one: "Certificate",
        [.replace("cert_update"), .action("request", "cert_request"), .action("renew", "cert_renew")])

    /// `/settings`: sections of the configuration with their keys as text.
    static let settings = View(
        "/settings", one: "SettingsSection", many: "Settings", key: "section",
        [.list("settings_list"), .item("settings_list"), .change("general_settings", of: .all)])

    /// `/users`: what can be done with those who may log in.
    static let users = View(
        "/users", one: "User", many: "Users", key: "username",
        [
            .create("user_create"), .change("user_modify"),
            .remove("user_delete"), .action("set-password", "user_passwd"),
        ])

    /// `/groups`: the groups of users.
    static let groups = View(
        "/groups", one: "Group", many: "Groups", key: "groupname",
        [.list("group_list"), .item("group_info"), .create("group_create"), .remove("group_delete")])
}
