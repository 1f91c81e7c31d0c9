extension View {
    /// `/bucketfs`: BucketFS services.
    static let bucketFS = View(
        "/bucketfs", one: "BucketFSService", many: "BucketFSServices", key: "bucketfs_name",
        [
            .list("bucketfs_list"), .item("bucketfs_info"), .create("bucketfs_add"), .change("bucketfs_modify"),
            .remove("bucketfs_delete"),
        ],
        members: [
            "owner": Schema.list(Schema.int("An id."), "User id and group id of the owner."),
            "http_port": Schema.int("0 for no plain HTTP."), "https_port": Schema.int("0 for no HTTPS."),
            "mode": Schema.openWord(["rsync", "BucketFS", "SDFS"], "How it is kept the same on all nodes."),
            "bucketvolume": Schema.text("The volume it stores in."), "path": Schema.text("The directory it stores in."),
            "sync_key": Schema.text("Always ***."), "sync_period": Schema.text("Milliseconds between two rounds."),
            "buckets": Schema.map("Its buckets by name."),
        ])
}
