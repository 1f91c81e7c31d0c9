extension View {
    /// `/databases/{db_name}/snapshots`: snapshot backups of a database.
    static let snapshots = View(
        "/databases/{db_name}/snapshots", one: "Snapshot", many: "Snapshots", key: nil, label: "id",
        [
            .list("db_snapshot_backup_list"), .create("db_snapshot_backup_start"),
            .action("delete", "db_snapshot_backups_delete", on: .all),
        ])
}
