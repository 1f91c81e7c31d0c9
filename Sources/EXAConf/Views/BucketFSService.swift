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

/// One `[[Bucket : name]]` of a BucketFS service.
package struct Bucket: SectionView {
    /// The folder in a bucket's own that says that it is one; it holds uploads and unpacked archives, and no client sees
    /// it.
    package static let markName = ".bucketfs"

    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the service; a key `Name` does not count.
    package var name: String { section.identifier }

    /// Secret: base64 of the plain text.
    package var readPassword: String? { text("ReadPasswd") }

    /// Secret: base64 of the plain text.
    package var writePassword: String? { text("WritePasswd") }

    /// Nil when the required key is missing.
    package var isPublic: Bool? { bool("Public") }

    /// `label:glob`
    package var additionalFiles: [String] { list("AdditionalFiles") }
}
