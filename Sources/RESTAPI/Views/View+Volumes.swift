extension View {
    /// `/volumes`: what can be done with storage volumes, by name.
    static let volumes = View(
        "/volumes", one: "Volume", many: "Volumes", key: "vname",
        [
            .create("st_volume_create"), .remove("st_volume_delete"),
            .action("enlarge", "st_volume_enlarge"), .action("clear-data", "st_volume_clear_data"),
            .action("lock", "st_volume_lock"), .action("unlock", "st_volume_unlock"),
            .action("append-node", "st_volume_append_node"), .action("move-node", "st_volume_move_node"),
            .action("increase-redundancy", "st_volume_increase_redundancy"),
            .action("decrease-redundancy", "st_volume_decrease_redundancy"),
            .action("add-label", "st_volume_add_label"), .action("remove-label", "st_volume_remove_label"),
            .action("change-owner", "st_volume_change_owner"),
            .action("change-permissions", "st_volume_change_permissions"),
            .action("set-io-status", "st_volume_set_io_status"), .action("set-ports", "st_volume_set_ports"),
            .action("set-priority", "st_volume_set_priority"), .action("set-shared", "st_volume_set_shared"),
            .action("set-forced-redundancy-level", "st_volume_set_forced_red_level"),
        ])
}
