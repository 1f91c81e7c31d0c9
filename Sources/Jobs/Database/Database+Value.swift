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
        "DatabaseConfiguration", text: "A database as it is configured.",
        members: [
            .has("name", .str, like: "DB1"), .may("uuid", .str, text: "Never changes."), .may("version", .str),
            .may("mem_size", .int, text: "Memory in MiB."),
            .has("port", .int, text: "Where clients connect to.", like: 8563),
            .has("nodes", .nodes, text: "Ids of its nodes, active ones first.", like: [11]),
            .has("num_active_nodes", .int, text: "How many of them it runs on."),
            .may("owner", .ownerIDs, text: "User id and group id of the owner."),
            .may("data_volume", .str, text: "The volume its data lie in."),
            .has("enable_auditing", .bool, text: "Whether it records what its users do.", like: false),
            .has("auto_start", .bool, text: "Whether it is started with the daemon."),
            .has("params", .str, text: "Start parameters.", like: ""),
            .has("jdbc", drivers), .has("oracle", drivers),
            .has("backups", .dict(schedule), text: "Schedules by name."),
            .may("volume_quota", .int, text: "Limit of its volumes in bytes."),
            .may("volume_move_delay", .int, text: "Seconds before a volume follows its database to another node."),
            .may("ldap_servers", .names, text: "Addresses of LDAP servers."),
            .may("interfaces", .names, text: "Network interfaces it serves."),
        ])

    /// What a database does.
    static let databaseState = Shape.word(["running", "setup", "startup", "shutdown", "unknown"])

    private static let drivers = Shape.object(
        "DatabaseDrivers", text: "Where drivers are.",
        members: [
            .has("bucketfs", .str, text: "The BucketFS service.", like: "bfsdefault"),
            .has("bucket", .str, like: "default"),
            .has("dir", .str, text: "The folder in the bucket.", like: "drivers/jdbc"),
            .may("additional_urls", .names, text: "Further places."),
        ])

    private static let schedule = Shape.object(
        "DatabaseBackupSchedule", text: "When backups are made.",
        members: [
            .has("enabled", .bool, text: "Whether it takes effect."), .may("volume", .str, text: "The archive volume."),
            .may("level", .int, text: "0 is a full backup."),
            .has("expire", .int, text: "Life time of its backups in seconds; 0 for ever.", like: 604_800),
            .has("minute", .str, text: "As in crontab.", like: "0"),
            .has("hour", .str, text: "As in crontab.", like: "3"),
            .has("day", .str, text: "Of the month, as in crontab.", like: "*"),
            .has("month", .str, text: "As in crontab.", like: "*"),
            .has("weekday", .str, text: "As in crontab.", like: "*"),
        ])
}
