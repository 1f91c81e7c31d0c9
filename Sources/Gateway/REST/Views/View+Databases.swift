extension View {
    /// `/databases`: databases by name, and what can be done with them.
    static let databases = View(
        "/databases", one: "Database", many: "Databases", key: "db_name",
        [
            .list("db_list"), .item("db_info"), .part("state", "db_state"), .create("db_create"),
            .change("db_configure"), .remove("db_delete"),
            .action("start", "db_start"), .action("stop", "db_stop"), .action("reset", "db_reset"),
            .action("enlarge", "db_enlarge"), .action("restore", "db_restore"),
            .action("add-reserve-nodes", "db_add_reserve_nodes"),
            .action("remove-reserve-nodes", "db_remove_reserve_nodes"),
            .action("suspend-nodes", "db_suspend_nodes"), .action("resume-nodes", "db_resume_nodes"),
            .action("configure-kerberos", "db_configure_kerberos"),
        ],
        members: [
            "state": Schema.openWord(["running", "setup", "startup", "shutdown", "unknown"], "setup is offline."),
            "connectible": Schema.text("Yes or No: whether clients can connect."),
            "connection string": Schema.text("Where clients connect to."),
            "operation": Schema.text("What is being done with it."), "info": Schema.text("More about its state."),
            "nodes": Schema.map("Names of its nodes: active, failed, reserve."),
            "persistent volume": Schema.text("The data volume."),
            "temporary volume": Schema.text("The volume for temporary data."),
            "quota": Schema.int("Limit of its volumes in GiB, 0 for none."),
            "usage persistent": Schema.list(Schema.map("Usage on a node."), "Usage of the data volume."),
            "usage temporary": Schema.list(Schema.map("Usage on a node."), "Usage of the temporary volume."),
            "config": Schema.map("What is configured."),
            "wanted": Schema.openWord(["running", "stopped"], "What was asked for last; none when it was never made."),
            "since": Schema.time("When it came up, or ended."),
            "ended": Schema.map("How it ended though nobody had asked for that: at, clean, cause."),
            "reason": Schema.text("Why the state is not known."),
        ])
}
