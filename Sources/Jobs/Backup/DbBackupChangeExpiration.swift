import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobDefinition {
    /// `db_backup_change_expiration`: another moment from which a backup may be deleted.
    package static let dbBackupChangeExpiration = JobDefinition(
        name: "db_backup_change_expiration", noun: "database", summary: "Change when a backup expires.", mode: .read,
        permission: .databases, result: "Nothing.",
        work: .act { (context, document) throws(JobError) in
            let archive = try document.given(archiveOf: context.arguments)
            let path = try context.arguments.required("backup_files")
            guard BackupName.isPath(path) else {
                throw .invalid(
                    "backup_files", "'backup_files': give <database>/<id_n>/<level_n>, as in expire_alterable.")
            }
            let expiry = try context.expiryMoment()
            return Plan(commands: [
                try Command(
                    BackupDescribe(path, in: archive.reference, expiry: expiry?.description ?? ""),
                    on: context.node(ofBackupsOf: path.split(separator: "/").first.map(String.init), in: archive),
                    deadline: .seconds(3600))
            ])
        }
    ).with {
        $0.mandatory = [
            Parameter("backup_files", .str, text: "Prefix of the backup's files, <database>/<id_n>/<level_n>."),
            .backupVolumeID,
            Parameter(
                "expire_time", .str,
                text: "Moment as YYYY-MM-DD hh:mm:ss in the cluster's time zone, or as RFC 3339; blank means never."),
        ]
        $0.optional = [.backupVolumeName]
        $0.substitutes = ["backup_volume_id": ["backup_volume_name"], "backup_volume_name": ["backup_volume_id"]]
        $0.takesBothStandIns = true
        $0.locks = { arguments in
            (arguments.string("backup_files")?.split(separator: "/").first).map { [.backups(of: String($0))] } ?? []
        }
        $0.recovery = .restart
        $0.example = [
            "backup_volume_name": "r0001", "backup_files": "exa_db/id_1/level_0", "expire_time": "2030-01-01 00:00:00",
        ]
    }
}

extension JobContext {
    fileprivate func expiryMoment() throws(JobError) -> Timestamp? {
        try arguments.required("expire_time").allSatisfy { $0 == " " } ? nil : moment("expire_time", by: document.clock)
    }
}
