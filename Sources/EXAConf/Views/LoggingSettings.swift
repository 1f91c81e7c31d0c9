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
