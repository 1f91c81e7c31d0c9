/// `[Docker]`: how the containers are run.
package struct DockerSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Holds the volumes of all nodes.
    package var rootDirectory: String { text("RootDir") ?? "/exa/etc" }

    /// Name and tag.
    package var image: String? { text("Image") }

    /// `block` or `file`.
    package var deviceType: String { text("DeviceType") ?? "block" }

    /// Mounted in all containers.
    package var additionalVolumes: [String] { list("AdditionalVolumes") }

    /// Nil for the built-in ones, empty for none.
    package var defaultVolumes: [String]? { section["DefaultVolumes"].map { ListText.split($0) } }

    /// False only with files as devices.
    package var isPrivileged: Bool { bool("Privileged") ?? true }

    /// Beyond those of the engine.
    package var addedCapabilities: [String] { list("CapAdd") }

    /// Taken away from those of the engine.
    package var droppedCapabilities: [String] { list("CapDrop") }

    /// As the engine names it.
    package var networkMode: String { text("NetworkMode") ?? "bridge" }

    /// As the engine names it.
    package var ipcMode: String { text("IpcMode") ?? "private" }
}
