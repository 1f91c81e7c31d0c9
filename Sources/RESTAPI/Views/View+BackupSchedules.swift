extension View {
    /// `/databases/{db_name}/backup-schedules`: when backups of a database are made by themselves.
    static let backupSchedules = View(
        "/databases/{db_name}/backup-schedules", one: "BackupSchedule", many: "BackupSchedules", key: "backup_name",
        [
            .list("db_info", within: "config", "backups").deprecated(for: "/schedules"),
            .item("db_info", within: "config", "backups").deprecated(for: "/schedules"),
            .create("db_backup_add_schedule"), .change("db_backup_modify_schedule"),
            .remove("db_backup_remove_schedule"),
        ])
}
