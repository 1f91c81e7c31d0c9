extension View {
    /// `/bucketfs`: what can be done with BucketFS services.
    static let bucketFS = View(
        "/bucketfs", one: "BucketFSService", many: "BucketFSServices", key: "bucketfs_name",
        [
            .create("bucketfs_add"), .change("bucketfs_modify"),
            .remove("bucketfs_delete"),
        ])
}
