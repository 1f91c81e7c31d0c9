package import Values

/// What a job is about, by name, such as `db:DB1` or `node:12`: how its history is found again.
package enum JobObjects {
    /// Parameters that name objects, with the kind of object each of them names.
    private static let kinds = [
        "db_name": "db", "bucket_name": "bucket", "bucketfs_name": "bucketfs", "groupname": "group",
        "group_name": "group", "username": "user", "user_name": "user", "userid": "user", "nid": "node",
        "node_id": "node", "node_ids": "node", "nodes": "node", "remote_volume_name": "remote_volume",
        "remote_volume_id": "remote_volume", "vol_id": "volume", "volume_name": "volume", "vname": "volume",
        "schedule_id": "schedule", "backup_name": "schedule",
    ]

    /// The objects the parameters of a job name, sorted.
    package static func names(type: String, _ parameters: [String: Value]) -> [String] {
        var names: Set<String> = []
        for (parameter, value) in parameters {
            guard let kind = kinds[parameter] ?? own(parameter, of: type) else { continue }
            for name in texts(value) where !name.isEmpty { names.insert("\(kind):\(name.prefix(200))") }
        }
        return names.sorted()
    }

    /// The kind of thing a parameter called just `name` names, which the job tells.
    private static func own(_ parameter: String, of type: String) -> String? {
        guard parameter == "name" else { return nil }
        return ["object_volume", "node"].first { type.hasPrefix($0) }
    }

    private static func texts(_ value: Value) -> [String] {
        if let text = value.string { return [text] }
        if let number = value.int { return [String(number)] }
        return value.list.map { $0.flatMap(texts) } ?? []
    }
}

extension JobRecord {
    /// The objects its parameters name.
    package var objects: [String] { JobObjects.names(type: type, parameters) }
}
