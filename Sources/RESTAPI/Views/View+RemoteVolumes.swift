extension View {
    /// `/remote-volumes`: archive volumes outside the cluster.
    static let remoteVolumes = View(
        "/remote-volumes", one: "RemoteVolume", many: "RemoteVolumes", key: "remote_volume_name",
        [
            .list("remote_volume_list_details"), .item("remote_volume_info"), .part("state", "remote_volume_state"),
            .create("remote_volume_add"), .change("remote_volume_set_host_key"), .remove("remote_volume_remove"),
        ])
}
