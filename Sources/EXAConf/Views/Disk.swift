/// One `[[Disk : name]]` of a node.
package struct Disk: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique on the node.
    package var name: String { section.identifier }

    /// `exastorage`, `db` or `swap`.
    package var component: String { text("Component") ?? "exastorage" }

    /// Names, absolute or relative to the storage directory.
    package var devices: [String] { list("Devices") }

    /// Names of drives.
    package var drives: [String] { list("Drives") }

    /// Devices and their directories.
    package var mapping: [DeviceMapping] { list("Mapping").compactMap { DeviceMapping($0) } }

    /// Content does not outlive the machine.
    package var isEphemeral: Bool { bool("Ephemeral") ?? false }

    /// Past the page cache.
    package var usesDirectIO: Bool { bool("DirectIO") ?? true }
}
