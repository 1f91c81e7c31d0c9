package import EXAConf
package import Values

/// The schedules of a configuration that are in effect.
package struct Timetable: Sendable {
    /// In file order.
    package private(set) var jobs: [ScheduledJob] = []
    /// Names of schedules whose times cannot be read: they never fire.
    package private(set) var unreadable: [String] = []
    /// The clocks the schedules go by.
    package let clock: WallClock

    /// What a configuration says; schedules that are not enabled are left out.
    package init(_ document: Document = Document()) {
        clock = document.clock
        for database in document.databases {
            add(database.backups, of: database, .backup)
            add(database.snapshots, of: database, .snapshot)
        }
    }

    private mutating func add(_ schedules: [BackupSchedule], of database: Database, _ kind: Document.ScheduleKind) {
        for schedule in schedules where schedule.isEnabled {
            if let job = ScheduledJob(schedule, of: database, kind: kind) {
                jobs.append(job)
            } else {
                unreadable.append("\(database.name)/\(schedule.name)")
            }
        }
    }

    /// One moment at which a job is due.
    package struct Due: Sendable, Hashable {
        /// What is to be submitted.
        package let job: ScheduledJob
        /// The beginning of the minute it is due in.
        package let at: Timestamp

        /// The same for every attempt to submit the job of this minute.
        package var idempotencyKey: String { "\(job.name)/\(at.description.prefix(16))Z" }
    }

    /// What is due behind a moment and not later than another, oldest first; of each job only the last time.
    package func due(after start: Timestamp, through end: Timestamp) -> [Due] {
        jobs.compactMap { job -> Due? in
            var last: Timestamp?
            var place = start
            while let next = clock.next(job.expression, after: place), next <= end {
                last = next
                place = next
            }
            return last.map { Due(job: job, at: $0) }
        }.sorted { $0.at < $1.at }
    }

    /// The jobs that are due behind a moment and not later than another.
    package func missed(after start: Timestamp, through end: Timestamp) -> [Due] {
        jobs.compactMap { job in
            clock.next(job.expression, after: start).flatMap { $0 <= end ? Due(job: job, at: $0) : nil }
        }
    }

    /// The first moment behind one at which something is due, `nil` when nothing ever is.
    package func next(after moment: Timestamp) -> Timestamp? {
        jobs.compactMap { clock.next($0.expression, after: moment) }.min()
    }
}
