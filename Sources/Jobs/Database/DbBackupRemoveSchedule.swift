import EXAConf
package import JobEngine
import Values

extension JobDefinition {
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
