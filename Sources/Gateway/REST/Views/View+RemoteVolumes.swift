extension View {
    /// `/remote-volumes`: archive volumes outside the cluster.
    static let remoteVolumes = View(
        "/remote-volumes", one: "RemoteVolume", many: "RemoteVolumes", key: "remote_volume_name",
        [
            .list("remote_volume_list_details"), .item("remote_volume_info"), .part("state", "remote_volume_state"),
            .create("remote_volume_add"), .remove("remote_volume_remove"),
        ],
        members: [
            "type": Schema.text("Kind of store."), "vid": Schema.text("The volume id."),
            "url": Schema.text("Where the store is."),
            "owner": Schema.list(Schema.int("An id."), "User id and group id of the owner."),
            "username": Schema.text("User of the store."), "password": Schema.text("Always ***."),
            "options": Schema.text("Flags."), "labels": Schema.list(Schema.text("A label."), "Its labels."),
        ])
}
