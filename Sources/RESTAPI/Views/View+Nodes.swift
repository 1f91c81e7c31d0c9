extension View {
    /// `/nodes`: what can be done with the machines of the cluster, by their ids.
    static let nodes = View(
        "/nodes", one: "Node", many: "Nodes", key: "nid", label: "id",
        [
            .create("node_add"), .remove("node_remove"),
            .action("suspend", "node_suspend"), .action("resume", "node_resume"),
            .action("add-batch", "node_add_batch", on: .all), .action("reset-affinity", "affinity_reset", on: .all),
        ])
}
