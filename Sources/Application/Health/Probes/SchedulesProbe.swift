import EXAConf
package import JobEngine
import Synchronization
import Values

/// What is done by itself, how it ended the last time, and how old backups are: every node knows it from the history.
package final class SchedulesProbe: StateProbe {
    package let name = "schedules"
    package let wakers = ["job.ended"]
    private let jobs: EndedJobs
    private let configuration: @Sendable () -> PublishedConfiguration
    private let plan = Mutex(Plan())

    /// What follows from a revision of the configuration, read once.
    private struct Plan {
        var revision: Int?
        var table = Timetable()
        /// When each schedule is due, as long as that lies ahead.
        var next: [String: Timestamp] = [:]
        /// The moment of the latest look.
        var seenAt = Timestamp(milliseconds: 0)
    }

    /// - Parameter configuration: That in force.
    package init(jobs: EndedJobs, configuration: @escaping @Sendable () -> PublishedConfiguration) {
        (self.jobs, self.configuration) = (jobs, configuration)
    }

    package func look() async -> [ObjectState] {
        let (configuration, known, now) = (configuration(), await jobs.look(), jobs.now)
        let (table, next) = plan(of: configuration.document, at: now)
        let schedules = table.jobs.map { Self.state(of: $0, known.schedules[$0.name], next: next[$0.name]) }
        let unreadable = table.unreadable.map { name in
            ObjectState(.schedule, Self.words(name), wanted: "scheduled", actual: "unreadable")
        }
        return (schedules + unreadable + backups(table, known, of: configuration)).map { state in
            var state = state
            let database = String(state.name.prefix { $0 != ":" })
            state.maintenance = configuration.maintenance(ofDatabase: database, at: now)?.note
            return state
        }
    }

    /// The schedules of a revision, and when each is due next.
    private func plan(of document: Document, at now: Timestamp) -> (Timetable, [String: Timestamp]) {
        plan.withLock { plan in
            if plan.revision != document.revision {
                plan = Plan(revision: document.revision, table: Timetable(document))
            }
            // The clock may have been put back.
            if now < plan.seenAt { plan.next = [:] }
            plan.seenAt = now
            for job in plan.table.jobs where plan.next[job.name].map({ $0 <= now }) ?? true {
                plan.next[job.name] = plan.table.clock.next(job.expression, after: now)
            }
            return (plan.table, plan.next)
        }
    }

    private static func state(of job: ScheduledJob, _ last: EndedJobs.Ended?, next: Timestamp?) -> ObjectState {
        var state = ObjectState(
            .schedule, words(job.name), wanted: "scheduled",
            actual: last.map { $0.isWell ? "worked" : "failed" } ?? "never-ran", since: last?.at,
            why: last.map { $0.isWell ? "" : $0.text } ?? "", remedy: Finding.Job(job.type, job.parameters))
        state.figures[.next] = next?.milliseconds
        return state
    }

    /// `SALES:daily` of `schedule/SALES/daily`, and of `SALES/daily`.
    private static func words(_ name: String) -> String {
        name.split(separator: "/").suffix(2).joined(separator: ":")
    }

    private func backups(
        _ table: Timetable, _ known: EndedJobs.Known, of configuration: PublishedConfiguration
    ) -> [ObjectState] {
        let backups = table.jobs.filter { $0.type == "db_backup_start" }
        let jobs = Dictionary(backups.map { ($0.parameters["db_name"]?.string ?? "", $0) }) { first, _ in first }
        return configuration.document.databases.map { database in
            let job = jobs[database.name]
            let newest = known.backups[database.name]
            var state = ObjectState(
                .backup, database.name, wanted: job == nil ? "" : "scheduled",
                actual: newest == nil ? "missing" : "there",
                since: newest, remedy: job.map { Finding.Job($0.type, $0.parameters) })
            state.figures[.newestBackup] = newest?.milliseconds
            state.figures[.firstWanted] = known.begun[database.name]?.milliseconds
            return state
        }
    }
}
