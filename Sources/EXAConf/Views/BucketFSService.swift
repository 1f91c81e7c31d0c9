/// One `[BucketFS : name]`.
package struct BucketFSService: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the cluster.
    package var name: String { section.identifier }

    /// Nil in files before 6.1.4, where one owner was set for all services.
    package var owner: Owner? { owner() }

    /// 0 for off.
    package var httpPort: Int { int("HttpPort") ?? 0 }

    /// 0 for off.
    package var httpsPort: Int { int("HttpsPort") ?? 0 }

    /// Secret: base64 of 32 characters.
    package var syncKey: String? { text("SyncKey") }

    /// Text, milliseconds.
    package var syncPeriod: String { text("SyncPeriod") ?? "30000" }

    /// How buckets are brought to the nodes.
    package var mode: String { text("mode") ?? "rsync" }

    /// The text `None` for none.
    package var bucketVolume: String { text("bucketvolume") ?? "None" }

    /// Directory the buckets are stored in.
    package var path: String? { text("Path") }

    /// In file order.
    package var buckets: [Bucket] { section.sections(kind: "Bucket").map { Bucket($0) } }
}
