import Access
import EXAConf
import Logging
import Values

/// Starts the databases that are to run when their node does, once after the daemon came up.
///
/// One that runs is left alone, and so is one that somebody stopped since the machine was booted: it is meant to stay
/// stopped when the daemon is restarted. One that was never made is not made here, where nobody is told its password.
package struct AutomaticStart: Sendable {
    private let scheduler: JobScheduler
    private let began: Timestamp

    /// The start of the daemon is now.
    package init(_ scheduler: JobScheduler) {
        self.scheduler = scheduler
        began = scheduler.now
    }

    /// Submits `db_start` for every database that is to run and does not, once this node is the one that decides.
    package func run() async {
        guard await isMaster() else { return }
        for database in scheduler.configuration.document.databases where database.autoStart {
            guard await isStopped(database.name), await !wasStoppedByHand(database.name) else { continue }
            await scheduler.submitByItself(
                JobRequest(
                    scheduled: "db_start", ["db_name": .string(database.name)], purpose: "automatic start",
                    key: "start/\(database.name)/\(began)"))
        }
    }

    /// Waits until this node decides; false when the daemon ends before that.
    private func isMaster() async -> Bool {
        var reader = EventReader(scheduler.events, EventFilter(types: ["master.changed"]), from: .now)
        while !scheduler.cluster.status.isMaster {
            if await reader.next(100) == .closed || Task.isCancelled { return false }
        }
        return true
    }

    /// Whether there is a database, and it does not run.
    private func isStopped(_ database: String) async -> Bool {
        // The job's own result does not tell a database that was never made.
        let answer = await scheduler.told("db_state", of: database)?.commands.first?.output
        return answer?["created"]?.bool == true && answer?["state"]?.string == "stopped"
    }

    /// Whether the last thing somebody did to it since the machine was booted was to stop it.
    private func wasStoppedByHand(_ database: String) async -> Bool {
        var query = JobQuery()
        query.types = Self.handTypes
        query.outcomes = [.ok]
        query.text = database
        query.limit = 1000
        let status = scheduler.cluster.status
        query.submittedAfter = status.booted[status.ownNode]
        let jobs = (try? await scheduler.jobs(query))?.jobs ?? []
        return jobs.first { $0.parameters["db_name"]?.string == database }?.type == "db_stop"
    }

    private static let handTypes = ["db_start", "db_stop"]

    /// Whether an ended job can be one of those that say what was done by hand since the machine was booted.
    static func heeds(_ job: JobRecord, since boot: Timestamp?) -> Bool {
        guard handTypes.contains(job.type), job.outcome == .ok, let submitted = job.times[.submitted] else {
            return false
        }
        return boot.map { submitted > $0 } ?? true
    }
}
