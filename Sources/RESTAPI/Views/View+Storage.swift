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

    /// `/object-volumes`: volumes in cloud buckets.
    static let objectVolumes = View(
        "/object-volumes", one: "ObjectVolume", many: "ObjectVolumes", key: "name",
        [
            .list("object_volume_list"), .item("object_volume_info"), .create("object_volume_add"),
            .remove("object_volume_remove"),
        ])

    /// `/remote-volumes`: archive volumes outside the cluster.
    static let remoteVolumes = View(
        "/remote-volumes", one: "RemoteVolume", many: "RemoteVolumes", key: "remote_volume_name",
        [
            .list("remote_volume_list_details"), .item("remote_volume_info"), .part("state", "remote_volume_state"),
            .create("remote_volume_add"), .change("remote_volume_set_host_key"), .remove("remote_volume_remove"),
        ])

    /// `/bucketfs`: what can be done with BucketFS services.
    static let bucketFS = View(
        "/bucketfs", one: "BucketFSService", many: "BucketFSServices", key: "bucketfs_name",
        [
            .create("bucketfs_add"), .change("bucketfs_modify"),
            .remove("bucketfs_delete"),
        ])

    /// `/bucketfs/{bucketfs_name}/buckets`: buckets of a BucketFS service.
    static let buckets = View(
        "/bucketfs/{bucketfs_name}/buckets", one: "Bucket", many: "Buckets", key: "bucket_name",
        [
            .list("bucketfs_info", within: "buckets"), .item("bucketfs_info", within: "buckets"),
            .create("bucket_add"), .change("bucket_modify"), .remove("bucket_delete"),
        ])
}
