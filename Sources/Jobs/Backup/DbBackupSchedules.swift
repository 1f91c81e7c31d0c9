import EXAConf
package import JobEngine
import Values

extension JobDefinition {
    /// `db_backup_add_schedule`: a new backup schedule of a database.
    package static let dbBackupAddSchedule = JobDefinition(
        name: "db_backup_add_schedule", noun: "database", summary: "Add a backup schedule to a database.",
        mode: .modify,
        permission: .databases, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let database = try document.given(database: context.arguments.required("db_name")).name
            let name = try context.arguments.required("backup_name")
            guard !document.contains(.backup(name, database: database)) else {
                throw JobError(.objectExists, "Given backup schedule \(name) already exists in database \(database).")
            }
            var settings = ScheduleSettings(context.arguments)
            settings.volume = try document.given(archiveOf: context.arguments).name
            try document.edit(about: "backup_name", keys: ScheduleSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addSchedule(name, database: database, settings)
            }
            return nil
        }
    ).with {
        $0.help = "Of `backup_volume_id` and `backup_volume_name` the id counts when both are given."
        $0.mandatory = [
            .backupName, .backupVolumeID, .databaseName,
            Parameter("level", .int, text: "0 is a full backup, 1 to 9 are incremental.", range: 0...9),
        ]
        let times = Parameter.scheduleTimes(withDefaults: true)
        $0.optional =
            [.backupVolumeName] + times.prefix(1) + [.isScheduleEnabled, .expire] + times.dropFirst()
        $0.substitutes = [
            "backup_volume_id": ["backup_volume_name"], "backup_volume_name": ["backup_volume_id"],
        ]
        $0.takesBothStandIns = true
        $0.example = [
            "backup_name": "backup1", "backup_volume_name": "r0001", "day": "*", "db_name": "exa_db", "enabled": true,
            "expire": "1w 3d", "hour": 0, "level": 0, "month": "*", "weekday": 0,
        ]
    }

    /// `db_backup_modify_schedule`: other times, life time or effect for a schedule; what is left out stays.
    package static let dbBackupModifySchedule = JobDefinition(
        name: "db_backup_modify_schedule", noun: "database", summary: "Change a backup schedule.", mode: .modify,
        permission: .databases, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let schedule = try document.given(scheduleOf: context.arguments)
            let settings = ScheduleSettings(context.arguments)
            try document.edit(keys: ScheduleSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.modifySchedule(schedule.name, database: schedule.database, settings)
            }
            return nil
        }
    ).with {
        $0.help = "Level and volume cannot be changed. It works whether the database runs or not."
        $0.mandatory = [.backupName, .databaseName]
        let times = Parameter.scheduleTimes(withDefaults: false)
        $0.optional = times.prefix(1) + [.isScheduleEnabled, .expire] + times.dropFirst()
        $0.example = ["backup_name": "backup1", "db_name": "exa_db", "enabled": true]
    }

    /// `db_backup_remove_schedule`: takes a backup schedule out; backups that were made stay.
    package static let dbBackupRemoveSchedule = JobDefinition(
        name: "db_backup_remove_schedule", noun: "database", summary: "Remove a backup schedule.", mode: .modify,
        permission: .databases, result: "Nothing.",
        work: .edit { (context, document) throws(JobError) in
            let schedule = try document.given(scheduleOf: context.arguments)
            try document.edit { (draft) throws(EXAConfError) in
                try draft.removeSchedule(schedule.name, database: schedule.database)
            }
            return nil
        }
    ).with {
        $0.mandatory = [.backupName, .databaseName]
        $0.example = ["backup_name": "backup1", "db_name": "exa_db"]
    }
}

extension Document {
    /// The schedule of the parameters `db_name` and `backup_name`.
    func given(scheduleOf arguments: Arguments) throws(JobError) -> (name: String, database: String) {
        let database = try given(database: arguments.required("db_name")).name
        let name = try arguments.required("backup_name")
        guard contains(.backup(name, database: database)) else {
            throw JobError(
                .objectMissing, "Given backup schedule \(name.echoed) does not exist in database \(database).")
        }
        return (name, database)
    }
}

extension ScheduleSettings {
    /// Keys of a schedule and the parameters they are set by.
    static let parameters = [
        "Level": "level", "Minute": "minute", "Hour": "hour", "Day": "day", "Month": "month", "Weekday": "weekday",
        "Expire": "expire",
    ]

    /// Everything but the volume.
    init(_ arguments: Arguments) {
        let fields = CronField.allCases.compactMap { field in
            arguments.text(field.rawValue.lowercased()).map { (field, $0) }
        }
        self.init(
            isEnabled: arguments.bool("enabled"), level: arguments.int("level"),
            fields: Dictionary(fields) { first, _ in first }, expire: arguments.text("expire"))
    }
}

extension Parameter {
    /// The five times of a schedule in alphabetical order, with their defaults or without.
    static func scheduleTimes(withDefaults: Bool) -> [Parameter] {
        let texts: [(name: String, text: String)] = [
            ("day", "Day of month as in cron: 1-31 or *."), ("hour", "Hour as in cron: 0-23 or *."),
            ("minute", "Minute as in cron: 0-59 or *."), ("month", "Month as in cron: 1-12 or *."),
            ("weekday", "Weekday as in cron: 0-7, an English day name, or *."),
        ]
        return texts.map { name, text in
            let standard: Value = name == "minute" ? "0" : "*"
            return Parameter(name, .str, .int, text: text, default: withDefaults ? standard : nil)
        }
    }
}
