import EXAConf
package import JobEngine

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
            settings.volume = try document.archiveVolume(of: context.arguments)
            try document.edit(about: "backup_name", keys: ScheduleSettings.parameters) { (draft) throws(EXAConfError) in
                try draft.addSchedule(name, database: database, settings)
            }
            return nil
        }
    ).with {
        $0.help = "Of `backup_volume_id` and `backup_volume_name` the id counts when both are given."
        $0.mandatory = [
            .backupName, Parameter("backup_volume_id", .int, text: "Id of the archive volume, local or remote."),
            .databaseName, Parameter("level", .int, text: "0 is a full backup, 1 to 9 are incremental.", range: 0...9),
        ]
        let times = Parameter.scheduleTimes(withDefaults: true)
        $0.optional =
            [
                Parameter(
                    "backup_volume_name", .str, text: "Name of the archive volume; the id wins when both are given.")
            ] + times.prefix(1) + [.isScheduleEnabled, .expire] + times.dropFirst()
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
    /// The name of the archive volume the arguments mean.
    fileprivate func archiveVolume(of arguments: Arguments) throws(JobError) -> String {
        if let id = arguments.int("backup_volume_id") {
            if let volume = remoteVolume(id: id) { return volume.name }
            if let volume = volumes.first(where: { $0.isArchive && $0.int("ID") == id }) { return volume.name }
            throw JobError(
                .objectMissing,
                "Given backup volume \(id) does not exist. A local archive volume is named by backup_volume_name.")
        }
        let name = try arguments.required("backup_volume_name")
        if let volume = volume(named: name) {
            guard volume.isArchive else {
                throw .invalid(
                    "backup_volume_name", "'backup_volume_name': \(name) is a data volume; name an archive volume.")
            }
            return volume.name
        }
        guard let volume = remoteVolume(named: name) else { throw .missing("backup volume \(name.prefix(100))") }
        return volume.name
    }

    /// The schedule of the parameters `db_name` and `backup_name`.
    func given(scheduleOf arguments: Arguments) throws(JobError) -> (name: String, database: String) {
        let database = try given(database: arguments.required("db_name")).name
        let name = try arguments.required("backup_name")
        guard contains(.backup(name, database: database)) else {
            throw JobError(
                .objectMissing, "Given backup schedule \(name.prefix(100)) does not exist in database \(database).")
        }
        return (name, database)
    }
}
