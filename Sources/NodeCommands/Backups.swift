package import Values

/// A place backups are kept at: a local archive volume, or a remote one. Secrets are in clear.
package struct ArchiveReference: Codable, Sendable, Hashable {
    /// The volume's.
    package let name: String
    /// The id of a local volume; `nil` for a remote one.
    package var volume: Int?
    /// Bytes a local volume holds; `nil` for as many as there is room for.
    package var capacity: Int?
    /// The kind of a remote volume, such as `s3`.
    package var type: String?
    /// Where a remote volume is, and who may use it.
    package var url, username, password: String?
    /// What else is to be known of a remote volume, as its configuration has it.
    package var options: String?
    /// Public keys its host proves itself with over SSH, each as `ssh-ed25519 AAAA…`.
    package var hostKeys: [String]?

    private enum CodingKeys: String, CodingKey {
        case name, volume, capacity, type, url, username, password, options
        case hostKeys = "host_keys"
    }

    /// Nothing is known but its name.
    package init(_ name: String) { self.name = name }
}

/// What lies in an archive with a backup, as a document of its own. It may have members nobody reads here.
package struct BackupDescription: Codable, Sendable, Hashable {
    /// As it was written.
    package let value: Value

    /// As it was written.
    package init(_ value: Value) { self.value = value }

    /// A backup that is about to be made.
    ///
    /// - Parameters:
    ///   - number: A greater one than those of earlier backups.
    ///   - path: Within its archive.
    ///   - volume: The archive volume.
    ///   - times: When it is made, and from when on it may be deleted; RFC 3339.
    ///   - version: Of the database.
    package init(
        number: Int, path: String, of database: String, level: Int, volume: Int,
        times: (made: String, expiry: String?), version: String?
    ) {
        value = .members([
            "bid": .int(number), "path": .string(path), "system": .string(database), "level": .int(level),
            "volume_id": .int(volume), "timestamp": .string(times.made), "comment": "",
            "expire": times.expiry.map(Value.string), "version": version.map(Value.string),
        ])
    }

    /// Whatever was written.
    package init(from decoder: any Decoder) throws { value = try Value(from: decoder) }

    /// As it was written.
    package func encode(to encoder: any Encoder) throws { try value.encode(to: encoder) }

    /// The number of a backup, a greater one for a later one; `nil` for what is no description of a backup.
    package var number: Int? { value["bid"]?.int }
    /// Where it is in its archive.
    package var path: String? { value["path"]?.string }
    /// The database.
    package var system: String? { value["system"]?.string }
    /// 0 is a full one.
    package var level: Int { value["level"]?.int ?? 0 }
    /// The volume it was made in.
    package var volume: Int { value["volume_id"]?.int ?? 0 }
    /// What it takes.
    package var bytes: Int { value["bytes"]?.int ?? 0 }
    /// For people.
    package var comment: String { value["comment"]?.string ?? "" }
    /// When it was made, RFC 3339.
    package var made: String { value["timestamp"]?.string ?? "" }
    /// From when on it may be deleted, RFC 3339; empty for never.
    package var expiry: String { value["expire"]?.string ?? "" }

    /// The same with what an engine tells of the backup it made, which changes nothing that is known.
    package func completed(by made: Value) -> BackupDescription {
        BackupDescription(.map((value.map ?? [:]).merging(made.map ?? [:]) { own, _ in own }))
    }

    /// The same with changes.
    package func changed(to changes: BackupDescribe.Changes) -> BackupDescription {
        BackupDescription(.map((value.map ?? [:]).merging(["expire": .string(changes.expire)]) { $1 }))
    }
}

/// Copies a running database into an archive, with its description last.
package struct DatabaseBackup: DatabaseTask {
    /// A backup that is whole stays; one that fails leaves nothing.
    package static let traits: CommandTraits = .init(
        "database.backup", .lasting, check: OnDatabase<DatabaseMayBackup>.self, secrets: .ofArchives)

    /// The description, with its size.
    package typealias Answer = BackupDescription

    /// Where it goes.
    package let archive: ArchiveReference
    /// Where it is there.
    package let path: String
    /// What is written beside it.
    package let description: BackupDescription

    /// - Parameters:
    ///   - description: What is written beside it.
    ///   - path: Within the archive.
    package init(_ description: BackupDescription, to archive: ArchiveReference, path: String) {
        self.archive = archive
        self.path = path
        self.description = description
    }
}

/// Finds out whether a backup would be refused.
package struct DatabaseMayBackup: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.may-backup", .none, secrets: .ofArchives)

    /// Where it would go.
    package let archive: ArchiveReference
}

/// Puts a stopped database back to a backup.
package struct DatabaseRestore: DatabaseTask {
    /// What the database held is kept until the backup was fetched and found whole, and is gone then.
    package static let traits: CommandTraits = .init(
        "database.restore", .lasting, check: OnDatabase<DatabaseMayRestore>.self, secrets: .ofArchives)

    /// Whatever the engine says.
    package typealias Answer = DatabaseAnswer

    /// Where the backup is.
    package let archive: ArchiveReference
    /// Where it is there.
    package let path: String

    /// - Parameter path: Within the archive.
    package init(from archive: ArchiveReference, path: String) {
        self.archive = archive
        self.path = path
    }
}

/// Finds out whether the archive can be reached and has the backup.
package struct DatabaseMayRestore: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.may-restore", .none, secrets: .ofArchives)

    /// Where the backup is.
    package let archive: ArchiveReference
    /// Where it is there.
    package let path: String
}

/// Tells the descriptions of the backups in archives, below a path or of all databases.
package struct BackupList: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("backup.list", .none, secrets: .ofArchives)

    /// One for each archive, in their order.
    package typealias Answer = [Listing]

    /// What is known of an archive.
    package struct Listing: Codable, Sendable, Hashable {
        /// Its backups; `nil` when it cannot be used.
        package let backups: [BackupDescription]?
        /// Why it cannot be used, for people.
        package let unreachable: String?

        /// The backups of an archive.
        package init(_ backups: [BackupDescription]) { (self.backups, unreachable) = (backups, nil) }

        /// - Parameter reason: Why it cannot be used.
        package init(unreachable reason: String) { (backups, unreachable) = (nil, reason) }
    }

    /// Those that are asked.
    package let archives: [ArchiveReference]
    /// The path; empty or nothing for all.
    package let below: String?

    /// - Parameter path: Empty for all.
    package init(_ archives: [ArchiveReference], below path: String) {
        self.archives = archives
        below = path
    }
}

/// Removes backups from an archive; what is gone already is fine.
package struct BackupRemove: NodeCommand {
    /// What is removed cannot come back; to remove it twice is the same.
    package static let traits: CommandTraits = .init("backup.remove", .lasting, secrets: .ofArchives)

    /// How many there were to be removed.
    package typealias Answer = Int

    /// Where they are.
    package let archive: ArchiveReference
    /// Where they are there.
    package let paths: [String]

    /// - Parameter paths: Within the archive.
    package init(_ paths: [String], from archive: ArchiveReference) {
        self.archive = archive
        self.paths = paths
    }
}

/// Removes what is below a path and was never completed.
package struct BackupSweep: NodeCommand {
    /// It was of no use.
    package static let traits: CommandTraits = .init("backup.sweep", .lasting, secrets: .ofArchives)

    /// The paths of what was removed.
    package typealias Answer = [String]

    /// Where it looks.
    package let archive: ArchiveReference
    /// Where it looks there.
    package let below: String

    /// - Parameter path: Within the archive.
    package init(_ archive: ArchiveReference, below path: String) {
        self.archive = archive
        below = path
    }
}

/// Gives the backups at a path other members of their descriptions.
package struct BackupDescribe: NodeCommand {
    /// To do it twice is the same.
    package static let traits: CommandTraits = .init("backup.describe", .lasting, secrets: .ofArchives)

    /// How many were there.
    package typealias Answer = Int

    /// What becomes of a description.
    package struct Changes: Codable, Sendable, Hashable {
        /// From when on the backup may be deleted, RFC 3339; empty for never.
        package let expire: String
    }

    /// Where they are.
    package let archive: ArchiveReference
    /// Where they are there.
    package let path: String
    /// What becomes of their descriptions.
    package let changes: Changes

    /// - Parameters:
    ///   - path: Within the archive.
    ///   - expiry: From when on they may be deleted, RFC 3339; empty for never.
    package init(_ path: String, in archive: ArchiveReference, expiry: String) {
        self.archive = archive
        self.path = path
        changes = Changes(expire: expiry)
    }
}

/// Finds out whether archives can be reached from a node.
package struct ArchiveCheck: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init("archive.check", .none, secrets: .ofArchives)

    /// One for each archive, in their order.
    package typealias Answer = [State]

    /// Whether an archive can be reached.
    package enum State: String, Codable, Sendable {
        case online = "Online"
        case problem = "Connection problem"
    }

    /// Those that are asked.
    package let archives: [ArchiveReference]

    /// - Parameter archives: Those that are asked.
    package init(_ archives: [ArchiveReference]) { self.archives = archives }
}

/// Looks at where a remote volume would be before it is one: whether its addresses may be reached, and which keys its host
/// shows.
package struct ArchiveExamine: NodeCommand {
    /// It only looks.
    package static let traits: CommandTraits = .init(
        "archive.examine", .none, check: ArchiveExamine.self, secrets: .ofArchives)

    /// The public keys to keep for its host, each as `ssh-ed25519 AAAA…`; none for one that has no such keys, or whose keys
    /// are known.
    package typealias Answer = [String]

    /// The volume.
    package let archive: ArchiveReference
    /// Fingerprints of the keys that are taken, as `SHA256:…`; `nil` for whatever the host shows.
    package let fingerprints: [String]?

    /// - Parameter fingerprints: Of the keys that are taken; `nil` for whatever the host shows.
    package init(_ archive: ArchiveReference, taking fingerprints: [String]?) {
        self.archive = archive
        self.fingerprints = fingerprints
    }
}
