extension View {
    /// `/databases`: what can be done with databases, by name.
    static let databases = View(
        "/databases", one: "Database", many: "Databases", key: "db_name",
        [
            .part("state", "db_state").deprecated(for: "/databases"), .create("db_create"),
            .change("db_configure"), .remove("db_delete"),
            .action("start", "db_start"), .action("stop", "db_stop"), .action("reset", "db_reset"),
            .action("enlarge", "db_enlarge"), .action("restore", "db_restore"),
            .action("add-reserve-nodes", "db_add_reserve_nodes"),
            .action("remove-reserve-nodes", "db_remove_reserve_nodes"),
            .action("suspend-nodes", "db_suspend_nodes"), .action("resume-nodes", "db_resume_nodes"),
            .action("configure-kerberos", "db_configure_kerberos"),
        ])

    /// `/databases/{db_name}/backups`: backups of a database; their ids are too long for paths and stand in bodies.
    static let backups = View(
        "/databases/{db_name}/backups", one: "Backup", many: "Backups", key: nil, label: "id",
        [
            .list("db_backup_list").deprecated(for: "/backups"), .create("db_backup_start"),
            .details("progress", "db_backup_progress", of: .all), .action("abort", "db_backup_abort", on: .all),
            .action("delete", "db_backups_delete", on: .all),
            .action("delete-unusable", "db_backup_delete_unusable", on: .all),
        ])

    /// `/databases/{db_name}/backup-schedules`: when backups of a database are made by themselves.
    static let backupSchedules = View(
        "/databases/{db_name}/backup-schedules", one: "BackupSchedule", many: "BackupSchedules", key: "backup_name",
        [
            .list("db_info", within: "config", "backups").deprecated(for: "/schedules"),
            .item("db_info", within: "config", "backups").deprecated(for: "/schedules"),
            .create("db_backup_add_schedule"), .change("db_backup_modify_schedule"),
            .remove("db_backup_remove_schedule"),
        ])

    /// `/databases/{db_name}/snapshots`: snapshot backups of a database.
    static let snapshots = View(
        "/databases/{db_name}/snapshots", one: "Snapshot", many: "Snapshots", key: nil, label: "id",
        [
            .list("db_snapshot_backup_list"), .create("db_snapshot_backup_start"),
            .action("delete", "db_snapshot_backups_delete", on: .all),
        ])
}
