/// One `[ObjectVolume : name]`.
package struct ObjectVolume: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique over all kinds of volumes.
    package var name: String { section.identifier }

    /// `s3`, `gs` or `azure`.
    package var type: String { text("Type") ?? "s3" }

    /// As the provider names it.
    package var region: String? { text("Region") }

    /// At the provider.
    package var bucket: String? { text("Bucket") }

    /// In front of all object names.
    package var prefix: String? { text("Prefix") }

    /// Address of a store that is not the provider's own.
    package var endPoint: String? { text("EndPoint") }

    /// Secret: as the provider takes them.
    package var credentials: String? { text("Credentials") }

    /// As the storage service takes them.
    package var options: String { text("Options") ?? "" }

    /// Free words.
    package var labels: [String] { list("Labels") }

    /// User and group.
    package var owner: Owner? { owner() }

    /// Letters of `rwx`.
    package var permissions: String { text("Permissions") ?? "rwx" }

    /// Several clients may write at once.
    package var isShared: Bool { bool("Shared") ?? true }

    /// 0 highest, 20 lowest.
    package var priority: Int { int("Priority") ?? 10 }
}
