/// Databases.
extension Document {
    /// Adds a database.
    ///
    /// - Throws: `exists` for a known name or id, `missing` for an unknown node, volume or owner, `invalid`.
    package mutating func addDatabase(
        _ name: String, _ settings: DatabaseSettings, using random: inout some RandomNumberGenerator
    ) throws(EXAConfError) {
        try TextRule.check(listed: name, "database")
        guard database(named: name) == nil else { throw EXAConfError.exists("Database '\(name)'") }
        guard settings.version != nil, let nodes = settings.nodes else {
            throw EXAConfError.invalid("A new database needs a version and nodes.")
        }
        guard settings.dataVolume ?? settings.cloudDataVolume ?? settings.masterDatabase != nil else {
            throw EXAConfError.invalid("A new database needs a data volume.")
        }
        var complete = settings
        let ownID = Identifiers.isDatabaseID(name) ? name : nil
        let active = settings.activeNodeCount ?? nodes.count
        complete.id = settings.id ?? ownID ?? Identifiers.databaseID(using: &random)
        complete.activeNodeCount = active
        complete.memory = settings.memory ?? "\(2 * min(max(1, active), 10_000)) GiB"
        complete.port = settings.port ?? 8563
        complete.owner = settings.owner ?? .standard
        complete.isAuditingEnabled = settings.isAuditingEnabled ?? true
        complete.volumeMoveDelay = settings.volumeMoveDelay ?? 600
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.database(name))
            try draft.write(complete, toDatabase: name)
            try draft.addDriverSections(toDatabase: name)
        }
    }

    /// Changes keys of a database.
    ///
    /// - Throws: `missing` for an unknown database, node, volume or owner, `exists` for another's id, `invalid`.
    package mutating func modifyDatabase(_ name: String, _ settings: DatabaseSettings) throws(EXAConfError) {
        _ = try require(.database(name))
        try atomically { (draft) throws(EXAConfError) in try draft.write(settings, toDatabase: name) }
    }

    /// Takes a database out with its schedules.
    ///
    /// - Throws: `missing` for an unknown database, `inUse` by worker clusters.
    package mutating func removeDatabase(_ name: String, force: Bool = false) throws(EXAConfError) {
        _ = try require(.database(name))
        let workers = databases.filter { $0.masterDatabase == name }.map(\.headerText)
        guard force || workers.isEmpty else { throw EXAConfError.inUse("Database '\(name)'", by: workers) }
        removeSection(.database(name))
    }

    mutating func addDriverSections(toDatabase name: String) throws(EXAConfError) {
        for (kind, directory) in [("JDBC", "drivers/jdbc"), ("Oracle", "drivers/oracle")] {
            let path = SectionPath.database(name).appending(SectionName(kind: kind))
            try addSection(path)
            try set("BucketFS", to: "bfsdefault", in: path)
            try set("Bucket", to: "default", in: path)
            try set("Dir", to: directory, in: path)
            if kind == "JDBC" { try set("AdditionalURLs", to: "", in: path) }
        }
    }

    private mutating func write(_ settings: DatabaseSettings, toDatabase name: String) throws(EXAConfError) {
        try check(owner: settings.owner)
        try check(nodes: settings.nodes)
        try checkVolumes(of: settings)
        if let id = settings.id, databases.contains(where: { $0.id == id && $0.name != name }) {
            throw EXAConfError.exists("Database id \(id)")
        }
        try write(try settings.assignments(), to: .database(name))
        let database = Database(try require(.database(name)))
        if settings.nodes != nil || settings.activeNodeCount != nil {
            try Self.check(database.activeNodeCount, in: 1...max(1, database.nodes.count), key: "NumActiveNodes")
        }
        guard let master = database.masterDatabase else { return }
        guard name != "MAIN" else { throw EXAConfError.invalid("A worker cluster must not be named MAIN.") }
        guard master != name, self.database(named: master) != nil else {
            throw EXAConfError.missing("Master database '\(TextRule.shown(master))'")
        }
        try set("AutoStart", to: "False", in: .database(name))
    }

    private func checkVolumes(of settings: DatabaseSettings) throws(EXAConfError) {
        if let name = settings.dataVolume, !name.isEmpty {
            guard let volume = volume(named: name) else {
                throw EXAConfError.missing("Volume '\(TextRule.shown(name))'")
            }
            guard !volume.isArchive else {
                throw EXAConfError.invalid("Volume '\(name)' is an archive volume; use a data volume.")
            }
        }
        for name in [settings.cloudDataVolume, settings.cloudDataVolumeSync] {
            guard let name, !name.isEmpty, objectVolume(named: name) == nil else { continue }
            throw EXAConfError.missing("Object volume '\(TextRule.shown(name))'")
        }
        for name in [settings.snapshotVolume, settings.snapshotVolumeSync] {
            guard let name, !name.isEmpty, volume(named: name) == nil, objectVolume(named: name) == nil else {
                continue
            }
            throw EXAConfError.missing("Volume '\(TextRule.shown(name))'")
        }
    }
}
