/// Remote volumes and object volumes.
extension Document {
    private static let remoteIDs = 10_000...999_999

    /// Adds a remote volume and answers its name and id.
    ///
    /// - Parameters:
    ///   - name: nil for one made of the id (`r0001`).
    ///   - id: the highest used id, at least 10000, plus 1 by default.
    /// - Throws: `exists` for a name any volume has or a used id, `missing` for an unknown owner, `invalid`.
    @discardableResult
    package mutating func addRemoteVolume(
        _ name: String?, id: Int? = nil, _ settings: RemoteVolumeSettings
    ) throws(EXAConfError) -> (name: String, id: Int) {
        let used = remoteVolumes.compactMap(\.id)
        let id = id ?? max(Self.remoteIDs.lowerBound, used.max() ?? 0) + 1
        try Self.check(id, in: Self.remoteIDs, key: "ID")
        guard !used.contains(id) else { throw EXAConfError.exists("Remote volume \(id)") }
        let number = String(id - Self.remoteIDs.lowerBound)
        let name = name ?? "r" + String(repeating: "0", count: max(0, 4 - number.count)) + number
        try check(newVolumeName: name)
        guard settings.type != nil, settings.url != nil else {
            throw EXAConfError.invalid("A new remote volume needs a type and a URL.")
        }
        var complete = settings
        complete.owner = settings.owner ?? .standard
        try check(owner: complete.owner)
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.remoteVolume(name))
            try draft.write([Assignment("ID", id)], to: .remoteVolume(name))
            try draft.write(try complete.assignments(), to: .remoteVolume(name))
            try draft.write(complete.ports, to: .remoteVolume(name))
        }
        return (name, id)
    }

    /// Has the host of a remote volume known by other keys.
    ///
    /// - Parameter keys: At least one, each as `ssh-ed25519 AAAA…`.
    /// - Throws: `missing` for an unknown volume, `invalid` for what is no list of keys.
    package mutating func setHostKeys(_ keys: [String], of name: String) throws(EXAConfError) {
        guard let volume = remoteVolume(named: name) else {
            throw EXAConfError.missing("Remote volume '\(TextRule.shown(name))'")
        }
        guard !keys.isEmpty else { throw EXAConfError.invalid("HostKey: give at least one key.", key: "HostKey") }
        try write(try RemoteVolumeSettings(hostKeys: keys).assignments(), to: SectionPath([volume.section.name]))
    }

    /// Takes a remote volume out.
    ///
    /// - Throws: `missing` for an unknown volume, `inUse` by backup schedules or log rotation.
    package mutating func removeRemoteVolume(_ name: String, force: Bool = false) throws(EXAConfError) {
        let volume = RemoteVolume(try require(.remoteVolume(name)))
        var users = scheduleUsers(of: [name] + (volume.id.map { [String($0)] } ?? []))
        if logging.remoteVolume == name { users.append("Logging") }
        guard force || users.isEmpty else { throw EXAConfError.inUse("Remote volume '\(name)'", by: users) }
        removeSection(.remoteVolume(name))
    }

    /// Adds an object volume.
    ///
    /// - Throws: `exists` for a name any volume has, `missing` for an unknown owner, `invalid`.
    package mutating func addObjectVolume(
        _ name: String, _ settings: ObjectVolumeSettings
    ) throws(EXAConfError) {
        try check(newVolumeName: name)
        guard settings.type != nil, settings.region != nil, settings.bucket != nil else {
            throw EXAConfError.invalid("A new object volume needs a type, a region and a bucket.")
        }
        var complete = settings
        complete.owner = settings.owner ?? .standard
        complete.permissions = settings.permissions ?? "rwx"
        complete.isShared = settings.isShared ?? true
        complete.priority = settings.priority ?? 10
        try check(owner: complete.owner)
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(.objectVolume(name))
            try draft.write(try complete.assignments(), to: .objectVolume(name))
        }
    }

    /// Takes an object volume out.
    ///
    /// - Throws: `missing` for an unknown volume, `inUse` by databases.
    package mutating func removeObjectVolume(_ name: String, force: Bool = false) throws(EXAConfError) {
        _ = try require(.objectVolume(name))
        let users = databaseUsers(of: name)
        guard force || users.isEmpty else { throw EXAConfError.inUse("Object volume '\(name)'", by: users) }
        removeSection(.objectVolume(name))
    }

    /// Header texts of databases that name a volume.
    func databaseUsers(of volume: String) -> [String] {
        databases.filter { database in
            [
                database.dataVolume, database.cloudDataVolume, database.snapshotVolume,
                database.cloudDataVolumeSync, database.snapshotVolumeSync, database.archiveVolume,
            ].contains(volume)
        }.map(\.headerText)
    }

    /// Databases and schedules that back up to one of these names or ids.
    func scheduleUsers(of volumes: [String]) -> [String] {
        databases.flatMap { database in
            database.backups.filter { $0.volume.map { volumes.contains($0) } ?? false }
                .map { "\(database.headerText)/\($0.headerText)" }
        }
    }
}
