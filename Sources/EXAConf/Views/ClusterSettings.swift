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

/// `[SSL]`: certificate files and the check of client certificates.
package struct SSLSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Path on the node.
    package var certificate: String { path("Cert") ?? "/exa/etc/ssl/ssl.crt" }

    /// Path on the node.
    package var key: String { path("CertKey") ?? "/exa/etc/ssl/ssl.key" }

    /// Path on the node.
    package var authority: String { path("CertAuth") ?? "/exa/etc/ssl/ssl.ca" }

    /// `none`, `optional` or `required`.
    package var verification: String { text("CertVerify") ?? "none" }

    /// Name in the certificate.
    package var domainName: String? { text("CertDomainName") }

    /// Files of 6.x hold `/path/to/…` as an example of a path; it names no file.
    private func path(_ key: String) -> String? {
        text(key).flatMap { $0.hasPrefix("/path/to/") ? nil : $0 }
    }
}

/// `[Docker]`: how the containers are run.
package struct DockerSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Holds the volumes of all nodes.
    package var rootDirectory: String { text("RootDir") ?? "/exa/etc" }
}

/// `[Logging]`: where logs are rotated to.
package struct LoggingSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Out of `local` and `remote`.
    package var rotationTypes: [String] { list("LogRotationTypes") }

    /// Nil for none.
    package var remoteVolume: String? { text("RemoteLogRotationVolume").flatMap { $0 == "None" ? nil : $0 } }

    /// Nil for none.
    package var remotePrefix: String? { text("RemoteLogRotationPrefix").flatMap { $0 == "None" ? nil : $0 } }

    /// Rotated files that are kept.
    package var backupCount: Int { int("BackupCount").flatMap { $0 < 1 ? nil : $0 } ?? 60 }
}

/// `[EXAStorage]`: background recovery and warnings.
package struct StorageSettings: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Restoring data nobody asked for yet.
    package var isBackgroundRecoveryEnabled: Bool { bool("BgRecEnabled") ?? true }

    /// MiB/s; nil for no limit.
    package var backgroundRecoveryLimit: Int? { int("BgRecLimit") ?? int("RecLimit") }

    /// Percent per node.
    package var spaceWarnThreshold: Int { int("SpaceWarnThreshold") ?? 90 }
}
