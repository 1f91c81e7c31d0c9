import JobEngine
import OpenAPI
import Values

/// A backup, as it was found last.
struct BackupItem: Sendable {
    let backup: KnownBackup
    let now: Timestamp
}

extension BackupItem {
    /// `/backups`: those of all databases.
    static let listing = Listing(
        path: "/backups", one: "StoredBackup", many: "StoredBackups", key: "backup_id",
        keyText: "Archive volume, database and number of a backup, as in Vault:SALES:446.",
        rights: (list: "db_backup_list", item: "db_backup_list"),
        detail:
            "The backups of all databases, as they were found when the archives were asked last: when the daemon came up, "
            + "once an hour, and after each job that may have changed them. The node that decides looks, and no other knows them.",
        shown: representation,
        filters: [
            .init("database", "Only backups of this database.") { [$0.backup.database] },
            .init("volume", "Only backups in this archive volume.") { [$0.backup.volume] },
            .init("usable", "Only backups that can be restored (true), or that cannot.") {
                [String($0.backup.isUsable)]
            },
        ],
        name: \.backup.id,
        items: { inventory in
            // What lies on several nodes is told by each of them.
            var seen: Set<String> = []
            return inventory.backups.filter { seen.insert($0.id).inserted }.map {
                BackupItem(backup: $0, now: inventory.now)
            }
        },
        more: [
            .init(
                name: "looked_at",
                schema: Schema.time("When the look of longest ago was; absent while a database was not looked at yet.")
            ) { $0.backupsLookedAt.map(Value.time) }
        ])

    private static let representation = Representation<BackupItem>(
        "StoredBackup", "A backup of a database in an archive volume.",
        members: [
            .has("id", Schema.text("What names it here: archive volume, database and number."), like: "Vault:SALES:446")
            {
                .string($0.backup.id)
            },
            .has("database", Schema.text("The database."), like: "SALES") { .string($0.backup.database) },
            .has("volume", Schema.text("The archive volume."), like: "Vault") { .string($0.backup.volume) },
            .has("number", Schema.int("A later backup of the database has a greater one."), like: 446) {
                .int($0.backup.number)
            },
            .has("usable", Schema.truth("Whether it can be restored."), like: true) { .bool($0.backup.isUsable) },
            .has("level", Schema.int("0 is a full backup.", from: 0), like: 0) { .int($0.backup.level) },
            .may("created_at", Schema.time("When it was made.")) { $0.backup.madeAt.map(Value.time) },
            .may("expires_at", Schema.time("From when on it is removed; absent for never.")) {
                $0.backup.expiresAt.map(Value.time)
            },
            .has("expired", Schema.truth("Whether that time has come."), like: false) { item in
                .bool(item.backup.expiresAt.map { $0 <= item.now } ?? false)
            },
            .may("size_bytes", Schema.bytes("What it takes; absent where nobody said so."), like: 64_400_000) {
                $0.backup.bytes.map(Value.int)
            },
            .has("comment", Schema.text("What was written to it."), like: "") {
                .string(Secret.masked($0.backup.comment))
            },
            .has(
                "reference", Schema.text("What db_restore and db_backups_delete take."),
                like: "5 SALES/id_446/level_0/node_0/backup_202601020304 SALES"
            ) { .string($0.backup.reference) },
        ])
}
