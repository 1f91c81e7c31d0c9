extension View {
    /// `/nodes`: the machines of the cluster, by their ids.
    static let nodes = View(
        "/nodes", one: "Node", many: "Nodes", key: "nid", label: "id",
        [
            .list("node_list"), .item("node_info"), .create("node_add"), .remove("node_remove"),
            .action("suspend", "node_suspend"), .action("resume", "node_resume"),
            .action("add-batch", "node_add_batch", on: .all), .action("reset-affinity", "affinity_reset", on: .all),
        ],
        members: [
            "name": Schema.text("The host name."), "uuid": Schema.text("Never changes."),
            "private_net": Schema.text("Address in the cluster, with its net mask."),
            "private_ip": Schema.text("The same without it."),
            "public_net": Schema.text("Address outside the cluster, with its net mask."),
            "public_ip": Schema.text("The same without it."),
            "affinity": Schema.text("Its rank when a master is chosen."),
            "state": Schema.openWord(["online", "offline", "suspended", "deactivated"], "What it is doing."),
            "is_master": Schema.truth("Whether it is the master; told of one node only."),
            "is_reachable": Schema.truth("Whether it answers; told of one node only."),
            "booted": Schema.text("When it was started; told of one node only."),
            "disks": Schema.map("Its disks by name."),
        ])
}
