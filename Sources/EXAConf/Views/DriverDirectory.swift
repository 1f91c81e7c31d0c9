/// `[[JDBC]]` or `[[Oracle]]` of a database, or a `[Plugin: name]`: a directory in a bucket.
package struct DriverDirectory: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Of the plugin, or the kind of driver.
    package var name: String { section.name.identifier ?? section.header }

    /// Name of a BucketFS service.
    package var service: String { text("BucketFS") ?? "bfsdefault" }

    /// Name of a bucket of that service.
    package var bucket: String { text("Bucket") ?? "default" }

    /// Inside the bucket.
    package var directory: String { text("Dir") ?? defaultDirectory }

    /// Further places; JDBC only.
    package var additionalURLs: [String] { list("AdditionalURLs") }

    /// The directory as one text.
    package var url: String { "bucketfs://\(service)/\(bucket)/\(directory)" }

    private var defaultDirectory: String {
        switch section.name.kind {
        case "JDBC": "drivers/jdbc"
        case "Oracle": "drivers/oracle"
        default: "plugins"
        }
    }
}
