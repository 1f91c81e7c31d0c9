/// Restores a backup of a database beside it, starts what came of that, asks it something, and removes everything again.
///
/// Its target is a database of its own, in a volume of its own: the one the backup is of is not touched, and may run.
package struct DatabaseDrill: DatabaseTask {
    /// It removes what it made, whatever came of it; what was cut off is removed by ``DatabaseDrillEnd``.
    package static let traits: CommandTraits = .init(
        "database.drill", .undone(by: OnDatabase<DatabaseDrillEnd>.self), secrets: .ofArchives)

    /// The archives the backup may be in, in the order of the configuration.
    package let archives: [ArchiveReference]
    /// The database the backup is of.
    package let source: String
    /// The path of the backup; `nil` for the newest one there is.
    package let path: String?

    /// What was found out.
    package struct Answer: Codable, Sendable, Hashable {
        /// The archive the backup is in, by its place among those that were named.
        package let archive: Int
        /// The description of the backup.
        package let backup: BackupDescription
        /// What the restored data took.
        package let bytes: Int
        /// Seconds until it was restored, and until it answered after that.
        package let restoreSeconds, startSeconds: Int

        private enum CodingKeys: String, CodingKey {
            case archive, backup, bytes
            case restoreSeconds = "restore_s"
            case startSeconds = "start_s"
        }

        /// As it was found.
        package init(archive: Int, backup: BackupDescription, bytes: Int, restoreSeconds: Int, startSeconds: Int) {
            (self.archive, self.backup, self.bytes) = (archive, backup, bytes)
            (self.restoreSeconds, self.startSeconds) = (restoreSeconds, startSeconds)
        }
    }

    /// - Parameters:
    ///   - source: The database the backup is of.
    ///   - archives: Those it may be in.
    ///   - path: Of the backup; `nil` for the newest one.
    package init(of source: String, in archives: [ArchiveReference], at path: String?) {
        (self.source, self.archives, self.path) = (source, archives, path)
    }
}

/// Removes what is left of a drill; nothing left is fine.
package struct DatabaseDrillEnd: DatabaseTask {
    /// To remove it twice is the same.
    package static let traits: CommandTraits = .init("database.drill-end", .lasting, secrets: .ofArchives)

    /// There is nothing to choose.
    package init() {}
}
