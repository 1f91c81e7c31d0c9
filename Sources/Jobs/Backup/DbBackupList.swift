import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_list`: the backups of a database in every archive volume that answers.
    package static let dbBackupList = JobDefinition(
        name: "db_backup_list", noun: "database", summary: "Backups of a database.", mode: .read,
        permission: .databases,
        result: "List of dicts, newest first; volumes that do not answer are left out.",
        work: .look { (context) throws(JobError) in
            let document = context.document
            let database = try document.given(database: context.arguments.required("db_name"))
            let archives = document.archiveVolumes
            let below = context.arguments.bool("show_foreign") == true ? "" : database.name
            let asked = context.archives(askedFor: database, archives)
            let now = context.now
            let commands = try asked.map { (node, archives) throws(JobError) in
                var command = try Command(
                    BackupList(archives.map(\.reference), below: below), on: node, deadline: JobContext.longestLook)
                command.answerIfSilent = []
                return command
            }
            return Plan(commands: commands.sideBySide) { (answers) throws(JobError) in
                let listings = try answers.map { (answer) throws(JobError) in try BackupList.answer(answer) }
                let found = zip(asked, listings).flatMap { asked, listings in
                    zip(asked.archives, listings).flatMap { archive, listing in
                        (listing.backups ?? []).compactMap { Backup($0, in: archive) }
                    }
                }
                return .list(found.sorted { $0.number > $1.number }.map { $0.value(at: now, by: document.clock) })
            }
        }
    ).with {
        $0.answer = .list(.backup)
        $0.mandatory = [.databaseName]
        $0.optional = [
            Parameter("show_foreign", .bool, text: "Also list backups of other databases.", default: false)
        ]
        $0.recovery = .restart
        $0.example = ["db_name": "exa_db"]
    }
}

/// One backup, as its description in the archive says.
struct Backup: Sendable {
    let number: Int
    private let path: String
    private let system: String
    private let description: BackupDescription
    private let archive: ArchiveVolume

    init?(_ description: BackupDescription, in archive: ArchiveVolume) {
        guard let number = description.number, let path = description.path, let system = description.system else {
            return nil
        }
        self.number = number
        self.path = path
        self.system = system
        self.description = description
        self.archive = archive
    }

    /// As `db_backup_list` shows it; every backup here is complete by itself.
    ///
    /// - Parameter clock: The clocks that published members go by.
    func value(at now: Timestamp, by clock: WallClock) -> Value {
        let (made, expiry) = (Timestamp(description.made), Timestamp(description.expiry))
        let group = path.split(separator: "/").prefix(3).joined(separator: "/")
        return .members([
            "bid": .int(number), "comment": .string(description.comment), "dependencies": "-",
            "expire": .string(expiry?.minute(by: clock) ?? ""), "expire_alterable": .string("\(archive.id) \(group)"),
            "expired": .bool(expiry.map { $0 <= now } ?? false), "id": .string("\(archive.id) \(path) \(system)"),
            "last_item": true, "level": .int(description.level), "path": .string(path), "system": .string(system),
            "timestamp": .string(made?.minute(by: clock) ?? ""),
            "ts": .string(made?.compactMinute(by: clock) ?? ""), "usable": true,
            "usage": .string(Self.gibibytes(description.bytes)), "volume": .string(archive.name),
            "created_at": made.map { .string($0.description) }, "expires_at": expiry.map { .string($0.description) },
        ])
    }

    /// With three decimals, such as `0.001 GiB`.
    private static func gibibytes(_ bytes: Int) -> String {
        let thousandths = Int((Double(bytes) / 1_073_741.824).rounded(.up))
        let fraction = String(thousandths % 1000)
        return "\(thousandths / 1000).\(String(repeating: "0", count: 3 - fraction.count))\(fraction) GiB"
    }
}

extension Shape {
    fileprivate static let backup = Shape.object(
        "DatabaseBackup", text: "A backup.",
        members: [
            .has("bid", .int, text: "Its number; a later one has a greater one."), .has("comment", .str),
            .has("dependencies", .str, text: "Numbers of the backups it needs, or '-'."),
            .may("created_at", .str, text: "When it was made, as RFC 3339 in UTC."),
            .has(
                "expire", .str,
                text: "When it expires, as YYYY-MM-DD hh:mm in the cluster's time zone; empty for never."),
            .has("expire_alterable", .str, text: "What db_backup_change_expiration takes."),
            .has("expired", .bool),
            .may("expires_at", .str, text: "When it expires, as RFC 3339 in UTC; left out for never."),
            .has("id", .str, text: "What db_restore and db_backups_delete take."),
            .has("last_item", .bool, text: "Whether no backup depends on it."), .has("level", .int), .has("path", .str),
            .has("system", .str, text: "The database."),
            .has("timestamp", .str, text: "When it was made, as YYYY-MM-DD hh:mm in the cluster's time zone."),
            .has("ts", .str, text: "The same as YYYYMMDDhhmm."), .has("usable", .bool),
            .has("usage", .str, text: "With a unit."),
            .has("volume", .str, text: "The name of the archive volume."),
        ])
}
