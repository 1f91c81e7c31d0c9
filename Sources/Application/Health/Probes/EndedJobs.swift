package import Access
package import JobEngine
package import Values

/// What jobs that ended say of databases and schedules: read from the history once, and from then on only what is new.
package actor EndedJobs {
    /// How a job ended.
    package struct Ended: Sendable, Hashable {
        /// The job.
        package let job: JobID
        /// Whether it did what it was asked to.
        package let isWell: Bool
        /// When.
        package let at: Timestamp
        /// What it said, in the words of its error.
        package let text: String
    }

    /// What is known of all of them.
    package struct Known: Sendable, Hashable {
        /// The newest attempt to start each database, unless it was stopped since.
        package var starts: [String: Ended] = [:]
        /// The newest end of each schedule, by its name.
        package var schedules: [String: Ended] = [:]
        /// When the newest backup of each database was made.
        package var backups: [String: Timestamp] = [:]
        /// How the newest drill of a backup of each database ended.
        package var drills: [String: Ended] = [:]
        /// When each database was seen to be started first.
        package var begun: [String: Timestamp] = [:]
        /// What schedules did whose newest end was none that is well.
        fileprivate var failing: [String: Doing] = [:]
    }

    /// What a job of a schedule does, as far as one somebody asks for is the same.
    fileprivate struct Doing: Sendable, Hashable {
        let type: String
        let database: String
        let level: Int?

        init(_ job: JobRecord, of database: String) {
            (type, self.database, level) = (job.type, database, job.parameters["level"]?.int)
        }
    }

    private static let types = [
        "db_start", "db_stop", "db_delete", "db_backup_start", "db_snapshot_backup_start", "db_backup_drill",
    ]
    private static let page = 100
    private static let pages = 100

    /// Jobs at work on a database, and what it is called meanwhile.
    private static let works = ["db_start": "starting", "db_stop": "stopping"]

    private nonisolated let read: @Sendable (JobQuery) async -> JobPage?
    private nonisolated let time: any TimeSource
    private var known = Known()
    private var newest: Set<JobID> = []
    /// How many pages of the history were read.
    private(set) var reads = 0

    /// - Parameter read: A page of the history; `nil` where it cannot be read now.
    package init(time: any TimeSource, read: @escaping @Sendable (JobQuery) async -> JobPage?) {
        (self.time, self.read) = (time, read)
    }

    nonisolated var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }

    /// What is at work now: `starting` and `stopping` by the names of databases. A job that waits is not at work.
    package nonisolated func underWay() async -> [String: String] {
        var query = JobQuery()
        (query.types, query.isDone, query.stages) = (Self.works.keys.sorted(), false, [.executed, .finished])
        query.limit = 1000
        guard let page = await read(query) else { return [:] }
        let words = page.jobs.compactMap { job in
            job.parameters["db_name"]?.string.flatMap { name in Self.works[job.type].map { (name, $0) } }
        }
        return Dictionary(words) { first, _ in first }
    }

    /// Reads what has ended since the last look.
    package func look() async -> Known {
        var query = JobQuery()
        (query.types, query.isDone, query.order, query.limit) = (Self.types, true, .endedLast, Self.page)
        var found: [JobRecord] = []
        for _ in 0..<Self.pages {
            guard let page = await read(query) else { return known }
            reads += 1
            let fresh = page.jobs.prefix { !newest.contains($0.id) }
            found += fresh
            guard fresh.count == page.jobs.count, page.hasMore else { break }
            (query.after, query.snapshot) = (page.end, page.snapshot)
        }
        if !found.isEmpty { newest = Set(found.prefix(Self.page).map(\.id)) }
        for job in found.reversed() { known.take(job) }
        return known
    }
}

extension EndedJobs.Known {
    /// Takes how one more job ended, later than those before.
    mutating func take(_ job: JobRecord) {
        guard let database = job.parameters["db_name"]?.string, let outcome = job.outcome, let at = job.endedAt else {
            return
        }
        let bySchedule = job.requester.name == Principal.schedule.name
        let ended = EndedJobs.Ended(
            job: job.id, isWell: outcome == .ok, at: at,
            text: "\(job.result?.plainText ?? outcome.rawValue) (job \(job.id))")
        let doing = EndedJobs.Doing(job, of: database)
        if bySchedule, let name = job.intent, outcome != .cancelled {
            schedules[name] = ended
            failing[name] = ended.isWell ? nil : doing
        } else if ended.isWell {
            // Somebody did what the schedule could not: that is over.
            for (name, other) in failing where other == doing { (schedules[name], failing[name]) = (ended, nil) }
        }
        switch job.type {
        case "db_start":
            if outcome == .ok { begun[database] = min(begun[database] ?? at, at) }
            // What somebody asked for in a wrong way says nothing of the database.
            if outcome == .cancelled || outcome == .declined && !bySchedule { return }
            starts[database] = ended
        case "db_stop", "db_delete": if outcome == .ok { starts[database] = nil }
        case "db_backup_start": if outcome == .ok { backups[database] = at }
        // What was stopped, or asked for in a wrong way, says nothing of the backup.
        case "db_backup_drill":
            if outcome != .cancelled, outcome != .declined || bySchedule { drills[database] = ended }
        default: return
        }
    }
}
