/// Finds out whether the settings of a database can be used.
package struct DatabaseCheck: DatabaseTask {
    /// It only looks, and is its own check.
    package static let traits: CommandTraits = .init(
        "database.check", .none, check: OnDatabase<DatabaseCheck>.self, secrets: .ofDatabases)

    /// Whatever the engine says.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// Makes a new, empty database, stopped.
package struct DatabaseCreate: DatabaseTask {
    /// Taken back by ``DatabaseDelete``.
    package static let traits: CommandTraits = .init(
        "database.create", .undone(by: OnDatabase<DatabaseDelete>.self), check: OnDatabase<DatabaseMayCreate>.self,
        secrets: .ofDatabases)

    /// Who may do everything in it, and whatever else the engine says.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// Finds out whether the engine takes the settings, and the volume holds no data.
package struct DatabaseMayCreate: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.may-create", .none, secrets: .ofDatabases)
}

/// Removes everything of a stopped database.
package struct DatabaseDelete: DatabaseTask {
    /// What is removed cannot come back; to remove it twice is the same.
    package static let traits: CommandTraits = .init(
        "database.delete", .lasting, check: OnDatabase<DatabaseRequireStopped>.self, secrets: .ofDatabases)

    /// Whatever the engine says.
    package typealias Answer = DatabaseAnswer

    /// Whether what lies in the volume stays, as other databases use it as well.
    package let keepsData: Bool?

    private enum CodingKeys: String, CodingKey { case keepsData = "keeps_data" }

    /// - Parameter keepsData: Whether what lies in the volume stays.
    package init(keepsData: Bool) { self.keepsData = keepsData ? true : nil }
}

/// Empties a stopped database.
package struct DatabaseReset: DatabaseTask {
    /// What it held cannot come back.
    package static let traits: CommandTraits = .init(
        "database.reset", .lasting, check: OnDatabase<DatabaseRequireStopped>.self, secrets: .ofDatabases)

    /// Who may do everything in it, and whatever else the engine says.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// Has a database serve clients. One that was never made is made first; of one that was, missing data are missing.
package struct DatabaseStart: DatabaseTask {
    /// Taken back by ``DatabaseStop``.
    package static let traits: CommandTraits = .init(
        "database.start", .undone(by: OnDatabase<DatabaseStop>.self), check: OnDatabase<DatabaseMayStart>.self,
        secrets: .ofDatabases)

    /// Of a database that was made; nothing when it was there.
    package typealias Answer = Made?

    /// What came of making it.
    package struct Made: Codable, Sendable, Hashable {
        /// What the engine said.
        package let created: DatabaseAnswer

        /// - Parameter created: What the engine said.
        package init(created: DatabaseAnswer) { self.created = created }
    }

    /// Further databases of the volume, of which one at a time can run; `nil` when there are none.
    package let others: [DatabaseDescription]?

    /// - Parameter others: Further databases of the volume.
    package init(besides others: [DatabaseDescription] = []) { self.others = others.isEmpty ? nil : others }
}

/// Finds out whether a start would be refused.
package struct DatabaseMayStart: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.may-start", .none, secrets: .ofDatabases)

    /// Further databases of the volume.
    package let others: [DatabaseDescription]?
}

/// Ends a database.
package struct DatabaseStop: DatabaseTask {
    /// Somebody starts it again, or nobody.
    package static let traits: CommandTraits = .init("database.stop", .lasting, secrets: .ofDatabases)

    /// Whatever the engine says.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// Fails unless a database is stopped.
package struct DatabaseRequireStopped: DatabaseTask {
    /// It only looks, and is its own check.
    package static let traits: CommandTraits = .init(
        "database.require-stopped", .none, check: OnDatabase<DatabaseRequireStopped>.self, secrets: .ofDatabases)

    /// There is nothing to choose.
    package init() {}
}

/// Tells what a database is doing; one without an engine or without data here does nothing.
package struct DatabaseState: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.state", .none, secrets: .ofDatabases)

    /// What the engine says, with `wanted`, `since` and `ended` beside it.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// The same with its sizes; `missing` when it was made and has no data here.
package struct DatabaseInfo: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.info", .none, secrets: .ofDatabases)

    /// What the engine says, with `wanted`, `since` and `ended` beside it.
    package typealias Answer = DatabaseAnswer

    /// There is nothing to choose.
    package init() {}
}

/// Notes what `create_new_db` asks of the next start.
package struct DatabaseWish: DatabaseTask {
    /// Taken back by ``DatabaseUnwish``.
    package static let traits: CommandTraits = .init(
        "database.wish", .undone(by: OnDatabase<DatabaseUnwish>.self), check: OnDatabase<DatabaseMayWish>.self,
        secrets: .ofDatabases)

    /// Whether it is made anew, or never made empty.
    package let createsNew: Bool?

    private enum CodingKeys: String, CodingKey { case createsNew = "create_new_db" }

    /// - Parameter createsNew: Whether it is made anew, or never made empty.
    package init(createsNew: Bool) { self.createsNew = createsNew }
}

/// Finds out whether a database could be made anew in its volume.
package struct DatabaseMayWish: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.may-wish", .none, secrets: .ofDatabases)

    /// Whether it is made anew.
    package let createsNew: Bool?

    private enum CodingKeys: String, CodingKey { case createsNew = "create_new_db" }
}

/// Takes a wish back; nothing is asked for then.
package struct DatabaseUnwish: DatabaseTask {
    /// To take something back twice is the same.
    package static let traits: CommandTraits = .init("database.unwish", .lasting, secrets: .ofDatabases)
}

/// Tells how far the backup or restore of a database is.
package struct DatabaseProgress: DatabaseTask {
    /// It only looks.
    package static let traits: CommandTraits = .init("database.progress", .none, secrets: .ofDatabases)

    /// How far it is; without members when there is none.
    package struct Answer: Codable, Sendable, Hashable {
        /// `Backup` or `Restore`.
        package var type: String?
        /// The level of the backup, the volume it is in, and how much is done.
        package var level, volume, percent: Int?
        /// What is being done, for people.
        package var text: String?

        /// There is none.
        package init() {}
    }

    /// There is nothing to choose.
    package init() {}
}

/// Ends the backup of a database.
package struct DatabaseAbort: DatabaseTask {
    /// What was stored goes with it.
    package static let traits: CommandTraits = .init("database.abort", .lasting, secrets: .ofDatabases)

    /// There is nothing to choose.
    package init() {}
}

extension Set<String> {
    /// What commands about a database never store or show.
    static let ofDatabases: Set<String> = ["password", "password_hash"]
    /// The same with what opens archives: an access key is a user name there, and an address may have a password in it.
    static let ofArchives: Set<String> = ["password", "password_hash", "username", "url"]
}
