/// Keys of `[Global]` that the daemon reads.
package struct GlobalSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Counter of changes.
    package var revision: Int { int("Revision") ?? 0 }

    /// Networks are named after it.
    package var clusterName: String? { text("ClusterName") }

    /// `Docker`, `VM`, `AWS`, `Azure`, `GCP`; compare without case.
    package var platform: String? { text("Platform") }

    /// Path on the node.
    package var licenseFile: String? { text("LicenseFile") }

    /// The port ConfD listens on.
    package var xmlRPCPort: Int { int("XMLRPCPort") ?? 443 }

    /// Secret: bearer token of local clients.
    package var authenticationToken: String? { text("AuthenticationToken") }

    /// `private`, maybe `public`.
    package var networks: [String] { list("Networks") }

    /// Name in the tz database.
    package var timezone: String { text("Timezone") ?? "Europe/Berlin" }

    /// Version of the file format.
    package var confVersion: Version? { version("ConfVersion") }

    /// Whether the platform is Docker.
    package var isDocker: Bool { platform?.lowercased() == "docker" }

    /// Whether the public network is enabled.
    package var hasPublicNetwork: Bool { networks.contains("public") }
}
