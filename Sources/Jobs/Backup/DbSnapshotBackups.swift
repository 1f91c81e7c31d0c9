import EXAConf
package import JobEngine
import Values

/// Snapshots are made by an engine whose data lie in an object volume, and kept in another one. Data in directories, copied
/// under a running database, are none: a backup asks the engine for a copy that can be used.
extension JobDefinition {
    /// `db_snapshot_backup_start`: declined.
    package static let dbSnapshotBackupStart = snapshots(
        "db_snapshot_backup_start", summary: "Take a snapshot of a running database."
    ).with {
        $0.optional = [
            Parameter("expire", .str, text: "Life time such as '1w 3d'; without it the snapshot stays.")
        ]
    }

    /// `db_snapshot_backup_list`: none, as none was ever made.
    package static let dbSnapshotBackupList = JobDefinition(
        name: "db_snapshot_backup_list", noun: "database", summary: "Snapshots of a database.", mode: .read,
        permission: .databases, result: "List of dicts, each with at least id; empty, as engines here make none.",
        work: .answer { (context) throws(JobError) in
            _ = try context.document.given(database: context.arguments.required("db_name"))
            return []
        }
    ).with {
        $0.answer = .list(.object("DatabaseSnapshot", text: "A snapshot.", members: [.has("id", .str)]))
        $0.mandatory = [.databaseName]
        $0.example = ["db_name": "exa_db"]
    }

    /// `db_snapshot_backups_delete`: declined.
    package static let dbSnapshotBackupsDelete = snapshots(
        "db_snapshot_backups_delete", summary: "Delete snapshots by id."
    ).with {
        $0.mandatory.append(
            Parameter(
                "snapshot_backup_list", .list, text: "Snapshots, as db_snapshot_backup_list has them under id.",
                shape: .names))
        $0.optional = [Parameter("backup_list", .list, text: "Another name of snapshot_backup_list.", shape: .names)]
        $0.substitutes = ["snapshot_backup_list": ["backup_list"], "backup_list": ["snapshot_backup_list"]]
        $0.example = ["db_name": "exa_db", "snapshot_backup_list": ["1"]]
    }

    /// `db_snapshot_backup_add_schedule`: declined.
    package static let dbSnapshotBackupAddSchedule = snapshots(
        "db_snapshot_backup_add_schedule", summary: "Add a snapshot schedule.", mode: .modify
    ).with {
        $0.mandatory = [.backupName, .databaseName]
        let times = Parameter.scheduleTimes(withDefaults: true)
        $0.optional = times.prefix(1) + [.isScheduleEnabled, .expire] + times.dropFirst()
        $0.example = ["backup_name": "snapshot1", "db_name": "exa_db", "enabled": true, "expire": "1w 3d", "hour": 4]
    }

    /// `db_snapshot_backup_modify_schedule`: declined.
    package static let dbSnapshotBackupModifySchedule = snapshots(
        "db_snapshot_backup_modify_schedule", summary: "Change a snapshot schedule.", mode: .modify
    ).with {
        $0.mandatory = [.backupName, .databaseName]
        let times = Parameter.scheduleTimes(withDefaults: false)
        $0.optional = times.prefix(1) + [.isScheduleEnabled] + times.dropFirst()
        $0.example = ["backup_name": "snapshot1", "db_name": "exa_db", "enabled": true]
    }

    /// `db_snapshot_backup_remove_schedule`: declined.
    package static let dbSnapshotBackupRemoveSchedule = snapshots(
        "db_snapshot_backup_remove_schedule", summary: "Remove a snapshot schedule.", mode: .modify
    ).with {
        $0.mandatory = [.backupName, .databaseName]
        $0.example = ["backup_name": "snapshot1", "db_name": "exa_db"]
    }

    private static func snapshots(_ name: String, summary: String, mode: JobMode = .read) -> JobDefinition {
        JobDefinition(
            name: name, noun: "database", summary: summary, mode: mode, permission: .databases, result: "Nothing.",
            work: .answer { (context) throws(JobError) in
                _ = try context.document.given(database: context.arguments.required("db_name"))
                throw JobError(
                    .unsupported,
                    "Snapshots need a database whose data lie in an object volume, and another one for them "
                        + "(snapshot_sync_volume); engines here keep data in directories. Copy the running database into an "
                        + "archive volume instead: db_backup_start, and db_backup_add_schedule for a schedule.")
            }
        ).with {
            $0.mandatory = [.databaseName]
            $0.example = ["db_name": "exa_db"]
        }
    }
}
