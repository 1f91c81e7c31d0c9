extension View {
    /// `/databases/{db_name}/backups`: backups of a database; their ids are too long for paths and stand in bodies.
    static let backups = View(
        "/databases/{db_name}/backups", one: "Backup", many: "Backups", key: nil, label: "id",
        [
            .list("db_backup_list").deprecated(for: "/backups"), .create("db_backup_start"),
            .details("progress", "db_backup_progress", of: .all), .action("abort", "db_backup_abort", on: .all),
            .action("delete", "db_backups_delete", on: .all),
            .action("delete-unusable", "db_backup_delete_unusable", on: .all),
        ])
}
