/// Backup and snapshot schedules of databases.
extension Document {
    /// Which kind of schedule a change is about; the raw value is the kind of its header.
    package enum ScheduleKind: String, Sendable, Hashable {
        /// Backups to an archive volume.
        case backup = "Backup"
        /// Snapshots inside the object storage.
        case snapshot = "Snapshot"
    }

    /// Adds a schedule to a database.
    ///
    /// - Throws: `missing` for an unknown database or volume, `exists` for a known name, `invalid`.
    package mutating func addSchedule(
        _ name: String, database: String, kind: ScheduleKind = .backup, _ settings: ScheduleSettings
    ) throws(EXAConfError) {
        try TextRule.check(listed: name, "schedule")
        _ = try require(.database(database))
        let path = Self.path(of: name, in: database, kind: kind)
        guard !contains(path) else { throw EXAConfError.exists("\(kind.rawValue) schedule '\(name)'") }
        guard kind == .snapshot || (settings.volume != nil && settings.level != nil) else {
            throw EXAConfError.invalid("A new backup schedule needs a volume and a level.")
        }
        var complete = settings
        complete.isEnabled = settings.isEnabled ?? true
        for field in CronField.allCases where settings.fields[field] == nil {
            complete.fields[field] = field == .minute ? "0" : "*"
        }
        try check(complete, kind)
        try atomically { (draft) throws(EXAConfError) in
            try draft.addSection(path)
            try draft.write(try complete.assignments(), to: path)
        }
    }

    /// Changes keys of a schedule.
    ///
    /// - Throws: `missing` for an unknown database, schedule or volume, `invalid`.
    package mutating func modifySchedule(
        _ name: String, database: String, kind: ScheduleKind = .backup, _ settings: ScheduleSettings
    ) throws(EXAConfError) {
        let path = Self.path(of: name, in: database, kind: kind)
        _ = try require(path)
        try check(settings, kind)
        try atomically { (draft) throws(EXAConfError) in try draft.write(try settings.assignments(), to: path) }
    }

    /// Takes a schedule out.
    ///
    /// - Throws: `missing` for an unknown database or schedule.
    package mutating func removeSchedule(
        _ name: String, database: String, kind: ScheduleKind = .backup
    ) throws(EXAConfError) {
        let path = Self.path(of: name, in: database, kind: kind)
        _ = try require(path)
        removeSection(path)
    }

    private func check(_ settings: ScheduleSettings, _ kind: ScheduleKind) throws(EXAConfError) {
        guard kind == .backup || (settings.volume == nil && settings.level == nil) else {
            throw EXAConfError.invalid("A snapshot schedule has neither volume nor level.")
        }
        guard let name = settings.volume else { return }
        if let volume = volume(named: name), !volume.isArchive {
            throw EXAConfError.invalid("Volume '\(name)' is a data volume; back up to an archive or remote volume.")
        }
        // Ids of local volumes are not in the file, so a number is taken as it is.
        let isKnown = volume(named: name) != nil || remoteVolume(named: name) != nil || Int(name) != nil
        guard isKnown else { throw EXAConfError.missing("Volume '\(TextRule.shown(name))'") }
    }

    private static func path(of name: String, in database: String, kind: ScheduleKind) -> SectionPath {
        kind == .backup ? .backup(name, database: database) : .snapshot(name, database: database)
    }
}
