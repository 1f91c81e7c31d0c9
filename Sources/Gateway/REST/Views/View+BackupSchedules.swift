extension View {
    /// `/databases/{db_name}/backup-schedules`: when backups of a database are made by themselves.
    static let backupSchedules = View(
        "/databases/{db_name}/backup-schedules", one: "BackupSchedule", many: "BackupSchedules", key: "backup_name",
        [
            .list("db_info", within: "config", "backups"), .item("db_info", within: "config", "backups"),
            .create("db_backup_add_schedule"), .change("db_backup_modify_schedule"),
            .remove("db_backup_remove_schedule"),
        ],
        members: [
            "enabled": Schema.truth("Whether it takes effect."), "volume": Schema.text("The archive volume."),
            "level": Schema.int("0 is a full backup.", from: 0, to: 9),
            "expire": Schema.int("Life time of its backups in seconds, 0 for ever."),
            "minute": Schema.text("As in crontab."), "hour": Schema.text("As in crontab."),
            "day": Schema.text("Of the month, as in crontab."), "month": Schema.text("As in crontab."),
            "weekday": Schema.text("As in crontab."),
        ])
}
