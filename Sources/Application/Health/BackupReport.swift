import JobEngine
package import Values

/// Backups of every database, with their schedules and drills, as this node knows them: made of what is kept, asks nobody.
package struct BackupReport: Sendable, Hashable {
    /// What is known of one database.
    package struct Entry: Sendable, Hashable {
        /// The database.
        package let database: String
        /// When the newest backup was made that a job of this cluster made; `nil` when there is none.
        package var newest: Timestamp?
        /// Since when there should have been one, by the age the newest may have; `nil` while it is young enough.
        package var overdueSince: Timestamp?
        /// Its schedules, by name: how each ended last, when, and when it is due next.
        package var schedules: [ObjectState] = []
        /// How the newest drill ended.
        package var drill: ObjectState?
    }

    /// In the order of the names.
    package let entries: [Entry]
    private let now: Timestamp
    private let hours: Int

    /// - Parameter hours: How old the newest backup may be.
    package init(_ states: [ObjectState], goal hours: Int, at now: Timestamp) {
        (self.now, self.hours) = (now, hours)
        let schedules = Dictionary(grouping: states.filter { $0.kind == .schedule }) { $0.name.prefix { $0 != ":" } }
        let drills = Dictionary(states.filter { $0.kind == .drill }.map { ($0.name, $0) }) { first, _ in first }
        entries = states.filter { $0.kind == .backup }.sorted { $0.name < $1.name }.map { state in
            var entry = Entry(database: state.name)
            entry.newest = state.figures[.newestBackup].map { Timestamp(milliseconds: $0) }
            let begin = entry.newest ?? state.figures[.firstWanted].map { Timestamp(milliseconds: $0) }
            let end = begin?.advanced(by: .seconds(hours * 3600))
            entry.overdueSince = end.flatMap { $0 <= now ? $0 : nil }
            entry.schedules = (schedules[state.name[...]] ?? []).sorted { $0.name < $1.name }
            entry.drill = drills[state.name]
            return entry
        }
    }

    /// The members clients are told.
    package var value: Value { ["goal_seconds": .int(hours * 3600), "items": .list(entries.map(value(of:)))] }

    private func value(of entry: Entry) -> Value {
        .members([
            "db_name": .string(entry.database), "newest_at": entry.newest.map { .string($0.description) },
            "age_seconds": entry.newest.map { .int(max(0, (now.milliseconds - $0.milliseconds) / 1000)) },
            "is_overdue": .bool(entry.overdueSince != nil),
            "overdue_since": entry.overdueSince.map { .string($0.description) },
            "schedules": .list(entry.schedules.map(Self.value(ofSchedule:))),
            "drill": entry.drill.flatMap(Self.value(ofDrill:)),
        ])
    }

    private static func value(ofSchedule state: ObjectState) -> Value {
        .members([
            "backup_name": .string(String(state.name.drop { $0 != ":" }.dropFirst())), "state": .string(state.actual),
            "last_at": state.since.map { .string($0.description) },
            "next_at": state.figures[.next].map { .string(Timestamp(milliseconds: $0).description) },
            "reason": state.why.isEmpty ? nil : .string(Secret.masked(state.why)),
        ])
    }

    private static func value(ofDrill state: ObjectState) -> Value? {
        guard let last = state.since else { return nil }
        return .members([
            "state": .string(state.actual), "last_at": .string(last.description),
            "reason": state.why.isEmpty ? nil : .string(Secret.masked(state.why)),
        ])
    }
}
