/// The keys of `[Global]` that concern the cluster as a whole; more in the extensions.
package struct GlobalSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Counter of changes.
    package var revision: Int { int("Revision") ?? 0 }

    /// The stored checksum or one of its words.
    package var checksum: String { text("Checksum") ?? "NONE" }

    /// Networks are named after it.
    package var clusterName: String? { text("ClusterName") }

    /// `Docker`, `VM`, `AWS`, `Azure`, `GCP`; compare without case.
    package var platform: String? { text("Platform") }

    /// Path on the node.
    package var licenseFile: String? { text("LicenseFile") }

    /// Port of the core daemon.
    package var coredPort: Int { int("CoredPort") ?? 325 }

    /// Port of the SSH daemon.
    package var sshPort: Int { int("SSHPort") ?? 22 }

    /// Where support cases go.
    package var issueTracker: String { text("IssueTracker") ?? "Jira" }

    /// The port ConfD listens on.
    package var xmlRPCPort: Int { int("XMLRPCPort") ?? 443 }

    /// Secret: bearer token of local clients.
    package var authenticationToken: String? { text("AuthenticationToken") }

    /// `private`, maybe `public`.
    package var networks: [String] { list("Networks") }

    /// Addresses of resolvers.
    package var nameServers: [String] { list("NameServers") }

    /// Domains a resolver tries.
    package var searchDomains: [String] { list("SearchDomains") }

    /// Path; files of 6.2 to 8.2x only.
    package var c4Socket: String { text("C4Socket") ?? "/var/run/c4_socket" }

    /// Name in the tz database.
    package var timezone: String { text("Timezone") ?? "Europe/Berlin" }

    /// Since 8.20.
    package var legacyPlatformManager: Bool { bool("LegacyPlatformManager") ?? true }

    /// Percent.
    package var licenseRAWMEMWarnThreshold: Int { int("LicenseRAWMEMWarnThreshold") ?? 80 }

    /// `0`, a count, `host` or `auto`.
    package var hugepages: String { text("Hugepages") ?? "0" }

    /// Name of the installed package.
    package var metaPackage: String { text("MetaPackage") ?? "none" }

    /// Version of the file format.
    package var confVersion: Version? { version("ConfVersion") }

    /// Installed cluster software.
    package var osVersion: Version? { version("OSVersion") }

    /// Installed database.
    package var dbVersion: Version? { version("DBVersion") }

    /// Container image.
    package var imageVersion: Version? { version("ImageVersion") }

    /// Files of 6.1.3 to 8.17 only.
    package var reVersion: Version? { version("REVersion") }

    /// Whether the platform is Docker.
    package var isDocker: Bool { platform?.lowercased() == "docker" }

    /// Whether the public network is enabled.
    package var hasPublicNetwork: Bool { networks.contains("public") }
}
