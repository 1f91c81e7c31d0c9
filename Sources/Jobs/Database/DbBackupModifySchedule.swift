import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
}
