/// One `[DB : name]`.
package struct Database: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the cluster.
    package var name: String { section.identifier }

    /// 22 characters; nil in files before 7.2.
    package var id: String? { text("ID") ?? (Identifiers.isDatabaseID(name) ? name : nil) }

    /// The database software.
    package var version: Version? { version("Version") }

    /// Over all nodes.
    package var memory: Size? { size("MemSize") ?? Size(bytes: (2 << 30) * min(max(activeNodeCount, 0), 65_536)) }

    /// For clients of the database.
    package var port: Int { int("Port") ?? 8563 }

    /// User and group.
    package var owner: Owner? { owner() }

    /// Node ids, the reserve last.
    package var nodes: [Int] { ints("Nodes") }

    /// Nodes that are no reserve.
    package var activeNodeCount: Int { int("NumActiveNodes") ?? int("NumMasterNodes") ?? nodes.count }

    /// Name of a volume.
    package var dataVolume: String? { text("DataVolume") }

    /// Name of an object volume.
    package var cloudDataVolume: String? { text("CloudDataVolume") }

    /// Name of a volume.
    package var snapshotVolume: String? { text("SnapshotVolume") }

    /// Name of an object volume.
    package var cloudDataVolumeSync: String? { text("CloudDataVolumeSync") }

    /// Name of a volume.
    package var snapshotVolumeSync: String? { text("SnapshotVolumeSync") }

    /// Files of 6.0 only.
    package var archiveVolume: String? { text("ArchiveVolume") }

    /// Start parameters, `-name=value` with blanks between.
    package var parameters: String { text("Params") ?? "" }

    /// URLs.
    package var ldapServers: [String] { list("LdapServers") }

    /// `disk:size`
    package var cacheVolumeDisk: String? { text("CacheVolumeDisk") }

    /// Whether access is recorded.
    package var isAuditingEnabled: Bool { bool("EnableAuditing") ?? false }

    /// Names of network interfaces.
    package var interfaces: [String] { list("Interfaces") }

    /// Nil for none.
    package var volumeQuota: Size? { size("VolumeQuota") }

    /// Seconds; 0 for off.
    package var volumeMoveDelay: Int? { int("VolumeMoveDelay") }

    /// Started on boot; never for a worker cluster.
    package var autoStart: Bool { masterDatabase == nil && bool("AutoStart") ?? true }

    /// Set for a worker cluster of that database.
    package var masterDatabase: String? { text("MasterDatabase") }

    /// Run at the first start.
    package var initialSQL: String? { text("InitialSQL") }

    /// Secret: used at the first start.
    package var defaultSysPasswdHash: String? { text("DefaultSysPasswdHash") }

    /// Secret: further hashes for the first user.
    package var additionalSysPasswdHashes: String? { text("AdditionalSysPasswdHashes") }

    /// Where JDBC drivers are.
    package var jdbc: DriverDirectory { DriverDirectory(section.section("JDBC") ?? Section(header: "JDBC")) }

    /// Where Oracle drivers are.
    package var oracle: DriverDirectory { DriverDirectory(section.section("Oracle") ?? Section(header: "Oracle")) }

    /// In file order.
    package var backups: [BackupSchedule] { section.sections(kind: "Backup").map { BackupSchedule($0) } }

    /// In file order.
    package var snapshots: [BackupSchedule] { section.sections(kind: "Snapshot").map { BackupSchedule($0) } }
}
