extension View {
    /// `/bucketfs/{bucketfs_name}/buckets`: buckets of a BucketFS service.
    static let buckets = View(
        "/bucketfs/{bucketfs_name}/buckets", one: "Bucket", many: "Buckets", key: "bucket_name",
        [
            .list("bucketfs_info", within: "buckets"), .item("bucketfs_info", within: "buckets"),
            .create("bucket_add"), .change("bucket_modify"), .remove("bucket_delete"),
        ])
}
