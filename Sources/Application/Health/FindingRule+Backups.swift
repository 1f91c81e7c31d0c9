import Values

extension FindingRule {
    /// A backup could be used when that was tried last.
    static let backupCanBeUsed = FindingRule(.drill) { state, _, now in
        guard state.actual == "failed" else { return nil }
        return state.finding(
            .drillFailed, .critical, at: now, about: "\(ObjectState.Kind.database.rawValue):\(state.name)",
            cause: "A backup of database \(state.name) could not be used when that was tried\(state.reason)",
            cure:
                "Cure what the job says, make another backup if that one is damaged, and run db_backup_drill again: then "
                + "this is over.")
    }

    /// Who is to be told what is wrong can be told.
    static let somebodyIsTold = FindingRule(.notification) { state, _, now in
        guard state.actual == "failing" else { return nil }
        return state.finding(
            .notificationFailing, .warning, at: now,
            cause: "Target \(state.name) of notifications cannot be told\(state.reason)",
            cure: "Cure that, and run notification_test: what is told next ends this.")
    }
}
