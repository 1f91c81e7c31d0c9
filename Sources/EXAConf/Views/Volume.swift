/// One `[EXAVolume : name]`.
package struct Volume: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique over all kinds of volumes.
    package var name: String { section.identifier }

    /// `data` or `archive`.
    package var type: String { text("Type") ?? "data" }

    /// Whether it holds backups.
    package var isArchive: Bool { type.lowercased() == "archive" }

    /// Usable, before redundancy; nil when it is empty.
    package var size: Size? { size("Size") }

    /// Name of the disk on all nodes.
    package var disk: String? { text("Disk") }

    /// Node ids, those for redundancy only last.
    package var nodes: [Int] { ints("Nodes") }

    /// Nodes that are not for redundancy only.
    package var masterNodeCount: Int { int("NumMasterNodes") ?? nodes.count }

    /// 1 for no copy.
    package var redundancy: Int { int("Redundancy") ?? 1 }

    /// Unit of allocation.
    package var blockSize: Size? { size("BlockSize") ?? Size(isArchive ? "64 KiB" : "4 KiB") }

    /// Unit of distribution.
    package var stripeSize: Size? { size("StripeSize") ?? Size(isArchive ? "64 KiB" : "256 KiB") }

    /// Archive volumes only.
    package var partitionSize: Size? { size("PartitionSize") }

    /// User and group.
    package var owner: Owner? { owner() }

    /// Letters of `rwx`.
    package var permissions: String { text("Permissions") ?? "rwx" }

    /// Free words.
    package var labels: [String] { list("Labels") }

    /// Several clients may write at once.
    package var isShared: Bool { bool("Shared") ?? true }

    /// 0 highest, 20 lowest.
    package var priority: Int { int("Priority") ?? 10 }

    /// Archive volumes only; nil for off.
    package var httpPort: Int? { int("HttpPort") }

    /// Archive volumes only; nil for off.
    package var httpsPort: Int? { int("HttpsPort") }

    /// Archive volumes only; nil for off.
    package var ftpPort: Int? { int("FtpPort") }

    /// Archive volumes only; nil for off.
    package var ftpsPort: Int? { int("FtpsPort") }

    /// Archive volumes only; nil for off.
    package var sftpPort: Int? { int("SftpPort") }
}
