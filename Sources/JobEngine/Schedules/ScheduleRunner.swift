import Access
import Logging
import Values

/// Submits the jobs of schedules when they are due, on the master and each of them once.
///
/// The minute is part of each job's idempotency key, so neither a restart nor a clock that is set back makes a second
/// one. A time that passed while nobody looked is made up for ``patience``; after that it is left out and logged.
package struct ScheduleRunner: Sendable {
    private let scheduler: JobScheduler
    private let schedules: Schedules
    /// What was due up to this moment was submitted or left out.
    private var settled: Timestamp
    private var revision = 0
    private var timetable = Timetable()

    /// How late a job may be submitted.
    package static let patience = Duration.seconds(300)
    // The wall clock may be set while we sleep by another one.
    private static let longestSleep = Duration.seconds(60)
    private static let pause = Duration.seconds(5)

    /// A runner that takes up where the daemon was cut off: at the newest job or revision, the last signs of its life.
    ///
    /// - Parameter schedules: Says that the configuration has others now.
    package init(_ scheduler: JobScheduler, _ schedules: Schedules = Schedules()) async {
        self.scheduler = scheduler
        self.schedules = schedules
        var query = JobQuery()
        query.limit = 1
        let newest = (try? await scheduler.jobs(query))?.jobs.first?.times[.submitted]
        let head = scheduler.configuration.record.at
        // A job of the same minute may have come before one that was due in it.
        settled = max(newest ?? head, head).wholeMinute.advanced(by: .milliseconds(-1))
    }

    /// Submits what is due until the daemon stops.
    package mutating func run() async {
        var reader = EventReader(scheduler.events, EventFilter(types: ["master.changed"]), from: .now)
        schedules.wake(reader.waker)
        while !Task.isCancelled {
            let rest = await submitDue()
            if await reader.next(100, atMost: rest, scheduler.time) == .closed { return }
        }
    }

    /// Submits what is due now.
    ///
    /// - Returns: How long to wait before the next call, unless the configuration changes first.
    package mutating func submitDue() async -> Duration {
        let now = scheduler.now
        // What a clock that was set back shows again is settled already, and known by its key.
        settled = min(settled, now)
        guard scheduler.cluster.status.isMaster else {
            // Whoever decides may be lost before it comes to what is due now: then it is made up for here. The key keeps it
            // one job.
            settled = now.advanced(by: .zero - Self.patience)
            return Self.longestSleep
        }
        follow(scheduler.configuration)
        let earliest = max(settled, now.advanced(by: .zero - Self.patience))
        for due in timetable.missed(after: settled, through: earliest) { report(due, "the daemon was not there") }
        for due in timetable.due(after: earliest, through: now) {
            guard await submit(due) else {
                settled = due.at.advanced(by: .milliseconds(-1))
                return Self.pause
            }
        }
        settled = now
        guard let next = timetable.next(after: now) else { return Self.longestSleep }
        return min(.milliseconds(next.milliseconds - now.milliseconds), Self.longestSleep)
    }

    private mutating func follow(_ configuration: PublishedConfiguration) {
        guard configuration.revision != revision else { return }
        revision = configuration.revision
        timetable = Timetable(configuration.document)
        for name in timetable.unreadable {
            scheduler.logger.warning("schedule cannot be read", metadata: ["schedule": "\(name)"])
        }
    }

    /// - Returns: Whether the matter is settled; not so when it has to be tried again.
    private func submit(_ due: Timetable.Due) async -> Bool {
        if let maintenance = maintenance(of: due.job) {
            report(due, maintenance.note)
            return true
        }
        do throws(JobError) {
            if let open = try await openJob(of: due.job), open.idempotencyKey != due.idempotencyKey {
                report(due, "job \(open.id) of the same schedule has not ended")
                return true
            }
            let job = try await scheduler.submit(
                JobRequest(
                    scheduled: due.job.type, due.job.parameters, purpose: due.job.name, key: due.idempotencyKey))
            scheduler.logger.info(
                "schedule submitted", metadata: ["schedule": "\(due.job.name)", "job.id": "\(job.id)"])
            return true
        } catch {
            report(due, error.message)
            return !error.passes
        }
    }

    /// What its database, or a node that one lives on, is in.
    private func maintenance(of job: ScheduledJob) -> Maintenance? {
        guard let database = job.parameters["db_name"]?.string else { return nil }
        return scheduler.configuration.maintenance(ofDatabase: database, at: scheduler.now)
    }

    /// A job of the schedule that has not ended.
    private func openJob(of job: ScheduledJob) async throws(JobError) -> JobRecord? {
        var query = JobQuery()
        query.limit = 1000
        query.isDone = false
        query.requester = Principal.schedule.name
        return try await scheduler.jobs(query).jobs.first { $0.intent == job.name }
    }

    private func report(_ due: Timetable.Due, _ cause: String) {
        scheduler.logger.warning(
            "schedule left out",
            metadata: ["schedule": "\(due.job.name)", "due": "\(due.at)", "cause": "\(cause)"])
    }
}
