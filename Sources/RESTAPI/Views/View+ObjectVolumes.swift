extension View {
    /// `/object-volumes`: volumes in cloud buckets.
    static let objectVolumes = View(
        "/object-volumes", one: "ObjectVolume", many: "ObjectVolumes", key: "name",
        [
            .list("object_volume_list"), .item("object_volume_info"), .create("object_volume_add"),
            .remove("object_volume_remove"),
        ])
}
