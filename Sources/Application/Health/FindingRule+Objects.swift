import JobEngine
import Values

extension FindingRule {
    /// A database runs that somebody wants to run.
    static let databaseRuns = FindingRule(.database) { state, _, now in
        guard state.wanted == "running", state.actual != "running" else { return nil }
        if state.actual == "unknown" {
            // A moment after the start nobody has looked yet: that is no finding.
            guard !state.why.isEmpty else { return nil }
            return state.finding(
                .databaseDown, .critical, at: now,
                cause: "Nobody knows whether database \(state.name) runs\(state.reason)",
                cure: "Bring the node back that it lives on.")
        }
        return state.finding(
            .databaseDown, .critical, at: now, cause: "Database \(state.name) should run and does not\(state.reason)",
            cure:
                "Start it with db_start. If it ends again, its log in logs/databases/\(state.name) says why; if it is to stay "
                + "down, db_stop says so.",
            job: Finding.Job("db_start", ["db_name": .string(state.name)]))
    }

    /// A volume is there that the configuration has.
    static let volumeIsThere = FindingRule(.volume) { state, _, now in
        guard state.wanted == "online", state.actual != "online" else { return nil }
        return state.finding(
            .volumeDown, .critical, at: now, cause: "Volume \(state.name) is \(state.actual)\(state.reason)",
            cure: "Bring its folder or its disk back; what was in it comes back from a backup by db_restore.")
    }

    /// A disk has room.
    static let diskHasRoom = FindingRule(.disk) { state, thresholds, now in
        let size = max(1, state.figures[.sizeBytes] ?? 1)
        let percent = Int(Double(state.figures[.usedBytes] ?? 0) / Double(size) * 100)
        let cure =
            "Make room there: remove backups and logs that are not needed any more, keep less of the past "
            + "(history.keep_bytes), or make the file system larger."
        if state.actual == "full" {
            return state.finding(
                .diskFull, .critical, at: now,
                cause:
                    "The disk of \(state.name) is full (\(percent) %): only administrators can submit jobs\(state.reason)",
                cure: cure)
        }
        guard percent >= thresholds.diskWarning else { return nil }
        return state.finding(
            .diskFilling, percent >= thresholds.diskCritical ? .critical : .warning, at: now,
            cause: "The disk of \(state.name) is used to \(percent) %\(state.reason)", cure: cure)
    }

    /// A file service answers.
    static let fileServiceAnswers = FindingRule(.fileService) { state, _, now in
        guard state.wanted == "serving", state.actual != "serving" else { return nil }
        return state.finding(
            .fileServiceDown, .critical, at: now, cause: "File service \(state.name) does not answer\(state.reason)",
            cure:
                "Free its ports or its folder, or give it others with bucketfs_modify; it is tried again within a minute."
        )
    }

    /// The newest backup of a database is not too old.
    static let backupIsNew = FindingRule(.backup) { state, thresholds, now in
        let limit = Duration.seconds(thresholds.backupHours * 3600)
        let object = "\(ObjectState.Kind.database.rawValue):\(state.name)"
        guard let newest = state.figures[.newestBackup] else {
            guard let wanted = state.figures[.firstWanted].map({ Timestamp(milliseconds: $0) }),
                wanted.age(at: now) >= limit
            else { return nil }
            return state.finding(
                .backupOverdue, state.wanted.isEmpty ? .notice : .warning, since: wanted.advanced(by: limit), at: now,
                about: object, cause: "Of database \(state.name) there is no backup\(state.reason)",
                cure: state.wanted.isEmpty
                    ? "Make one with db_backup_start, and a schedule with db_backup_add_schedule."
                    : "Make one with db_backup_start, and see why its schedule made none.")
        }
        let made = Timestamp(milliseconds: newest)
        guard made.age(at: now) >= limit else { return nil }
        return state.finding(
            .backupOverdue, state.wanted.isEmpty ? .notice : .warning, since: made.advanced(by: limit), at: now,
            about: object,
            cause:
                "The newest backup of database \(state.name) is \(made.age(at: now).components.seconds / 3600) hours "
                + "old\(state.reason)",
            cure: "Make one with db_backup_start, and see why its schedule made none.")
    }

    /// What is done by itself went well the last time.
    static let scheduleWorks = FindingRule(.schedule) { state, _, now in
        switch state.actual {
        case "failed":
            state.finding(
                .scheduleFailed, .warning, at: now, cause: "Schedule \(state.name) failed the last time\(state.reason)",
                cure: "Cure what its job says, and run it again: then this is over.")
        case "unreadable":
            state.finding(
                .scheduleFailed, .warning, at: now,
                cause: "Schedule \(state.name) never runs: its times cannot be read.",
                cure: "Give it times that can be read with db_backup_modify_schedule.")
        default: nil
        }
    }

    /// A certificate lasts for a while.
    static let certificateLasts = FindingRule(.certificate) { state, thresholds, now in
        state.ending(
            .certificateEnding, "Certificate \(state.name)", within: thresholds, at: now,
            cure: state.renewal)
    }

    /// A license lasts for a while; nothing stops without one.
    static let licenseLasts = FindingRule(.license) { state, thresholds, now in
        if state.actual == "missing" {
            return state.finding(
                .licenseEnding, .notice, at: now, cause: "There is no license\(state.reason)",
                cure: "Upload one with license_upload, if you have one.")
        }
        return state.ending(
            .licenseEnding, "License \(state.name)", within: thresholds, at: now,
            cure: "Upload another one with license_upload.")
    }
}

extension ObjectState {
    /// What is done about a certificate, by whose it is.
    fileprivate var renewal: String {
        switch name.split(separator: "-").last {
        case "peer":
            "The node renews it by itself when a node that has a vote answers: bring those back, and read the log of the daemon "
                + "for why it could not."
        case "authority":
            "Nothing renews it: have the nodes leave, and join them to a cluster that is founded anew by 'confd cluster invite'."
        case "etcd": "Put another one in its place, client.pem of the folder cluster.etcd_credentials names."
        default: "Install another one with cert_update, on the node it belongs to."
        }
    }

    /// What ends soon, or has ended.
    fileprivate func ending(
        _ code: FindingCode, _ what: String, within thresholds: FindingThresholds, at now: Timestamp, cure: String
    ) -> Finding? {
        guard let end = figures[.notAfter].map({ Timestamp(milliseconds: $0) }) else { return nil }
        let seconds = (end.milliseconds - now.milliseconds) / 1000
        guard seconds < thresholds.endWarningDays * 86_400 else { return nil }
        let isNear = seconds < thresholds.endCriticalDays * 86_400
        let days = isNear ? thresholds.endCriticalDays : thresholds.endWarningDays
        let words =
            seconds <= 0 ? "has ended" : seconds < 86_400 ? "ends within a day" : "ends in \(seconds / 86_400) days"
        return finding(
            code, isNear ? .critical : .warning, since: end.advanced(by: .seconds(-days * 86_400)), at: now,
            cause: "\(what) \(words), at \(end)\(reason)", cure: cure)
    }
}
