/// One `[[Backup : name]]` or `[[Snapshot : name]]` of a database.
package struct BackupSchedule: SectionView {
    package let section: Section

    package init(_ section: Section) { self.section = section }

    /// Unique in the database.
    package var name: String { section.identifier }

    /// Whether it takes effect.
    package var isEnabled: Bool { bool("Enabled") ?? false }

    /// Name or id of an archive volume; backups only.
    package var volume: String? { text("Volume") }

    /// 0 for a full backup; backups only.
    package var level: Int? { int("Level") }

    /// As in cron.
    package var minute: String { text("Minute") ?? "0" }

    /// As in cron.
    package var hour: String { text("Hour") ?? "*" }

    /// As in cron.
    package var day: String { text("Day") ?? "*" }

    /// As in cron.
    package var month: String { text("Month") ?? "*" }

    /// As in cron.
    package var weekday: String { text("Weekday") ?? "*" }

    /// Zero for never; nil when it is missing or unreadable.
    package var expire: TimeSpan? { section["Expire"].flatMap { TimeSpan($0) } }
}
