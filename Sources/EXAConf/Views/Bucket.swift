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
