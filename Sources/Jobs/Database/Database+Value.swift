import EXAConf
import JobEngine
import Values

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
            .has("name", .str, like: "DB1"), .may("uuid", .str, "Never changes."), .may("version", .str),
            .may("mem_size", .int, "Memory in MiB."), .has("port", .int, "Where clients connect to.", like: 8563),
            .has("nodes", .nodes, "Ids of its nodes, active ones first.", like: [11]),
            .has("num_active_nodes", .int, "How many of them it runs on."),
            .may("owner", .ownerIDs, "User id and group id of the owner."),
            .may("data_volume", .str, "The volume its data lie in."),
            .has("enable_auditing", .bool, "Whether it records what its users do.", like: false),
            .has("auto_start", .bool, "Whether it is started with the daemon."),
            .has("params", .str, "Start parameters.", like: ""),
            .has("jdbc", drivers), .has("oracle", drivers), .has("backups", .dict(schedule), "Schedules by name."),
            .may("volume_quota", .int, "Limit of its volumes in bytes."),
            .may("volume_move_delay", .int, "Seconds before a volume follows its database to another node."),
            .may("ldap_servers", .names, "Addresses of LDAP servers."),
            .may("interfaces", .names, "Network interfaces it serves."),
        ])

    /// What a database does.
    static let databaseState = Shape.word(["running", "setup", "startup", "shutdown", "unknown"])

    private static let drivers = Shape.object(
        "DatabaseDrivers", "Where drivers are.",
        [
            .has("bucketfs", .str, "The BucketFS service.", like: "bfsdefault"), .has("bucket", .str, like: "default"),
            .has("dir", .str, "The folder in the bucket.", like: "drivers/jdbc"),
            .may("additional_urls", .names, "Further places."),
        ])

    private static let schedule = Shape.object(
        "DatabaseBackupSchedule", "When backups are made.",
        [
            .has("enabled", .bool, "Whether it takes effect."), .may("volume", .str, "The archive volume."),
            .may("level", .int, "0 is a full backup."),
            .has("expire", .int, "Life time of its backups in seconds; 0 for ever.", like: 604_800),
            .has("minute", .str, "As in crontab.", like: "0"), .has("hour", .str, "As in crontab.", like: "3"),
            .has("day", .str, "Of the month, as in crontab.", like: "*"),
            .has("month", .str, "As in crontab.", like: "*"), .has("weekday", .str, "As in crontab.", like: "*"),
        ])
}
