/// The order of keys and the comment lines a fresh cluster's file has for one kind of section.
struct SectionLayout: Sendable {
    struct Key: Sendable {
        let name: String
        let comments: [String]

        init(_ name: String, _ comments: String...) {
            self.name = name
            self.comments = comments
        }
    }

    let heading: [String]
    let keys: [Key]

    func comments(of key: String) -> [String] {
        keys.first { $0.name == key }?.comments ?? []
    }

    /// Behind the nearest predecessor that is there; behind all keys when the key is not known.
    func position(of key: String, in entries: [Entry]) -> Int {
        guard let rank = keys.firstIndex(where: { $0.name == key }) else { return entries.count }
        for earlier in keys[..<rank].reversed() {
            if let index = entries.firstIndex(where: { $0.key == earlier.name }) { return index + 1 }
        }
        return 0
    }

    static func of(_ path: SectionPath) -> SectionLayout? {
        guard let last = path.names.last else { return nil }
        switch path.names.count {
        case 1: return last.identifier == nil ? single[last.kind] : listed[last.kind]
        case 2:
            if path.names[0] == "Groups" { return group }
            if path.names[0] == "Users" { return user }
            return nested[last.kind]
        default: return nil
        }
    }

    private static let single: [String: SectionLayout] = [
        "Global": global, "SSL": ssl, "Docker": docker, "EXAStorage": storage, "Logging": logging,
    ]
    private static let listed: [String: SectionLayout] = [
        "Node": node, "EXAVolume": volume, "RemoteVolume": remoteVolume, "ObjectVolume": objectVolume,
        "DB": database, "BucketFS": bucketFS,
    ]
    private static let nested: [String: SectionLayout] = [
        "Disk": disk, "Backup": schedule, "Snapshot": schedule, "Bucket": bucket, "JDBC": jdbc, "Oracle": oracle,
    ]
}
