/// `[Docker]`: how the containers are run.
package struct DockerSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Holds the volumes of all nodes.
    package var rootDirectory: String { text("RootDir") ?? "/exa/etc" }
}
