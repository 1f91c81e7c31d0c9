extension View {
    /// `/databases`: what can be done with databases, by name.
    static let databases = View(
        "/databases", one: "Database", many: "Databases", key: "db_name",
        [
            .part("state", "db_state").deprecated(for: "/databases"), .create("db_create"),
            .change("db_configure"), .remove("db_delete"),
            .action("start", "db_start"), .action("stop", "db_stop"), .action("reset", "db_reset"),
            .action("enlarge", "db_enlarge"), .action("restore", "db_restore"),
            .action("add-reserve-nodes", "db_add_reserve_nodes"),
            .action("remove-reserve-nodes", "db_remove_reserve_nodes"),
            .action("suspend-nodes", "db_suspend_nodes"), .action("resume-nodes", "db_resume_nodes"),
            .action("configure-kerberos", "db_configure_kerberos"),
        ])
}
