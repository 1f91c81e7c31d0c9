/// One `[Node : id]`.
package struct Node: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// At least 11; nil when the header holds no number.
    package var id: Int? { Int(section.identifier) }

    /// Unique in the cluster; `n11` and the like by default.
    package var name: String { text("Name") ?? text("Hostname") ?? "n\(section.identifier)" }

    /// Address inside the cluster.
    package var privateNet: Network? { section["PrivateNet"].flatMap { Network($0) } }

    /// Address outside; nil without one.
    package var publicNet: Network? { section["PublicNet"].flatMap { Network($0) } }

    /// Preference when a master is elected.
    package var affinity: Int? { int("Affinity") ?? id }

    /// 40 upper-case hexadecimal digits, or `IMPORT`.
    package var uuid: String { text("UUID") ?? "" }

    /// Directory below the root directory of `[Docker]`.
    package var dockerVolume: String? { text("DockerVolume") }

    /// Ports of the container and of the host.
    package var exposedPorts: [PortPair] { list("ExposedPorts").compactMap { PortPair($0) } }

    /// Platforms other than Docker.
    package var privateInterface: String { text("PrivateInterface") ?? "eth0" }

    /// Platforms other than Docker.
    package var publicInterface: String { text("PublicInterface") ?? "eth1" }

    /// Lower case; empty for a node in service.
    package var state: String { section["State"]?.lowercased() ?? "" }

    /// In file order.
    package var disks: [Disk] { section.sections(kind: "Disk").map { Disk($0) } }
}
