import EXAConf
import JobEngine

extension Database {
    /// The database as it stands in the configuration: memory in MiB, quota in bytes, life times in seconds.
    var configuration: Value {
        .members([
            "name": .string(name), "uuid": id.map(Value.string), "version": text("Version").map(Value.string),
            "mem_size": memory.map { .int($0.mebibytes) }, "port": .int(port), "nodes": .ints(nodes),
            "num_active_nodes": .int(activeNodeCount), "owner": owner?.value,
            "data_volume": dataVolume.map(Value.string), "enable_auditing": .bool(isAuditingEnabled),
            "auto_start": .bool(autoStart), "params": .string(parameters), "jdbc": jdbc.value(withURLs: true),
            "oracle": oracle.value(withURLs: false),
            "backups": .map(Dictionary(backups.map { ($0.name, $0.value) }) { first, _ in first }),
            "volume_quota": volumeQuota.map { .int($0.bytes) }, "volume_move_delay": volumeMoveDelay.map(Value.int),
            "ldap_servers": ldapServers.isEmpty ? nil : .strings(ldapServers),
            "interfaces": interfaces.isEmpty ? nil : .strings(interfaces),
        ])
    }
}

extension BackupSchedule {
    /// The schedule as part of its database's answer: `expire` in seconds, the times as text.
    var value: Value {
        .members([
            "enabled": .bool(isEnabled), "volume": volume.map(Value.string), "level": level.map(Value.int),
            "expire": .int(expire?.seconds ?? 0), "minute": .string(minute), "hour": .string(hour), "day": .string(day),
            "month": .string(month), "weekday": .string(weekday),
        ])
    }
}

extension DriverDirectory {
    fileprivate func value(withURLs: Bool) -> Value {
        .members([
            "bucketfs": .string(service), "bucket": .string(bucket), "dir": .string(directory),
            "additional_urls": withURLs ? .strings(additionalURLs) : nil,
        ])
    }
}

extension Shape {
    /// A database as it stands in the configuration.
    static let database = Shape.object(
        "DatabaseConfiguration", "A database as it is configured.",
        [
            .has("name", .str), .may("uuid", .str), .may("version", .str), .may("mem_size", .int, "MiB."),
            .has("port", .int), .has("nodes", .nodes), .has("num_active_nodes", .int), .may("owner", .ownerIDs),
            .may("data_volume", .str), .has("enable_auditing", .bool), .has("auto_start", .bool),
            .has("params", .str, "Start parameters."), .has("jdbc", drivers), .has("oracle", drivers),
            .has("backups", .dict(schedule), "Schedules by name."), .may("volume_quota", .int, "Bytes."),
            .may("volume_move_delay", .int, "Seconds."), .may("ldap_servers", .names), .may("interfaces", .names),
        ])

    private static let drivers = Shape.object(
        "DatabaseDrivers", "Where drivers are.",
        [.has("bucketfs", .str), .has("bucket", .str), .has("dir", .str), .may("additional_urls", .names)])

    private static let schedule = Shape.object(
        "DatabaseBackupSchedule", "When backups are made.",
        [
            .has("enabled", .bool), .may("volume", .str), .may("level", .int),
            .has("expire", .int, "Seconds; 0 for never."), .has("minute", .str), .has("hour", .str), .has("day", .str),
            .has("month", .str), .has("weekday", .str),
        ])
}
