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
