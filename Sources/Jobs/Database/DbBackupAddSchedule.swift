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
