package import EXAConf
package import Values

/// A job that is to be submitted again and again, as a database's schedule says.
package struct ScheduledJob: Sendable, Hashable {
    /// `schedule/<database>/<name>`, or `snapshot/…`; begins the idempotency key of each of its jobs.
    package let name: String
    /// When.
    package let expression: CronExpression
    /// The name of a definition.
    package let type: String
    /// For each of its jobs the same.
    package let parameters: [String: Value]

    /// The job of a backup or snapshot schedule; `nil` when its times cannot be read.
    package init?(_ schedule: BackupSchedule, of database: Database, kind: Document.ScheduleKind) {
        guard let expression = CronExpression(schedule) else { return nil }
        self.expression = expression
        var parameters: [String: Value] = ["db_name": .string(database.name)]
        if let expire = schedule.expire, expire.seconds > 0 { parameters["expire"] = .string(expire.description) }
        switch kind {
        case .backup:
            name = "schedule/\(database.name)/\(schedule.name)"
            type = "db_backup_start"
            parameters["level"] = .int(schedule.level ?? 0)
            parameters.merge(Self.archive(schedule.volume ?? "")) { $1 }
        case .snapshot:
            name = "snapshot/\(database.name)/\(schedule.name)"
            type = "db_snapshot_backup_start"
        }
        self.parameters = parameters
    }

    private static func archive(_ volume: String) -> [String: Value] {
        Int(volume).map { ["backup_volume_id": .int($0)] } ?? ["backup_volume_name": .string(volume)]
    }
}
