extension View {
    /// `/bucketfs`: BucketFS services.
    static let bucketFS = View(
        "/bucketfs", one: "BucketFSService", many: "BucketFSServices", key: "bucketfs_name",
        [
            .list("bucketfs_list"), .item("bucketfs_info"), .create("bucketfs_add"), .change("bucketfs_modify"),
            .remove("bucketfs_delete"),
        ])
}
