import Access
import EXAConf
import Logging
import Values

/// Starts the databases that are to run when their node does, once after the daemon came up; in a cluster once after each
/// boot of a database's first node, whoever decides then.
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

    /// Submits `db_start` for every database that is to run and does not, once this node is the one that decides. In a cluster
    /// that is ``watchBoots()``.
    package func run() async {
        guard await isMaster(), !scheduler.cluster.status.isElected else { return }
        let status = scheduler.cluster.status
        var left = databases.map(\.name)
        while !left.isEmpty, !Task.isCancelled {
            // What is worked on is started once that is over.
            let held = left.filter { isInMaintenance($0) }
            for database in left where !held.contains(database) {
                _ = await start(database, since: status.booted[status.ownNode], key: "\(began)")
            }
            left = held
            if !left.isEmpty { await scheduler.time.sleep(until: scheduler.time.monotonic + Self.longestSleep) }
        }
    }

    /// The same in a cluster, until the daemon stops: nodes are booted, and masters lost. Does nothing as long as the node is
    /// alone.
    package func watchBoots() async {
        var settled: [String: Timestamp] = [:]
        var reader = EventReader(scheduler.events, EventFilter(types: ["master.changed"]), from: .now)
        while !Task.isCancelled {
            await startBooted(&settled)
            if await reader.next(100, atMost: Self.longestSleep, scheduler.time) == .closed { return }
        }
    }

    /// How late a boot of another node may be noticed.
    private static let longestSleep = Duration.seconds(60)

    private var databases: [Database] { scheduler.configuration.document.databases.filter(\.autoStart) }

    /// Starts those whose first node was booted since they were last seen to, as far as this node decides.
    ///
    /// - Parameter settled: The boot after which each was seen to.
    func startBooted(_ settled: inout [String: Timestamp]) async {
        let status = scheduler.cluster.status
        guard status.isMaster else { return }
        for database in databases {
            guard let node = database.nodes.first, let boot = status.booted[node], settled[database.name] != boot else {
                continue
            }
            let isSettled: Bool
            if !status.isElected {
                // The start of the daemon saw to it.
                isSettled = true
            } else if await scheduler.hasSubmitted(Self.key(database.name, "\(boot)")) {
                // Another master did, whatever became of the database since.
                isSettled = true
            } else {
                isSettled = await start(database.name, since: boot, key: "\(boot)")
            }
            if isSettled { settled[database.name] = boot }
        }
    }

    /// - Returns: Whether it is known how the database stood.
    private func start(_ database: String, since boot: Timestamp?, key: String) async -> Bool {
        guard !isInMaintenance(database), let isStopped = await isStopped(database) else { return false }
        guard isStopped, await !wasStoppedByHand(database, since: boot) else { return true }
        await scheduler.submitByItself(
            JobRequest(
                scheduled: "db_start", ["db_name": .string(database)], purpose: "automatic start",
                key: Self.key(database, key)))
        return true
    }

    private func isInMaintenance(_ database: String) -> Bool {
        scheduler.configuration.maintenance(ofDatabase: database, at: scheduler.now) != nil
    }

    private static func key(_ database: String, _ moment: String) -> String { "start/\(database)/\(moment)" }

    /// Waits until this node decides; false when the daemon ends before that.
    private func isMaster() async -> Bool {
        var reader = EventReader(scheduler.events, EventFilter(types: ["master.changed"]), from: .now)
        while !scheduler.cluster.status.isMaster {
            if await reader.next(100) == .closed || Task.isCancelled { return false }
        }
        return true
    }

    /// Whether there is a database, and it does not run; `nil` when its node gave no answer.
    private func isStopped(_ database: String) async -> Bool? {
        // The job's own result does not tell a database that was never made.
        guard let job = await scheduler.told("db_state", of: database) else { return nil }
        let answer = job.commands.first?.output
        return answer?["created"]?.bool == true && answer?["state"]?.string == "stopped"
    }

    /// Whether the last thing somebody did to it since the machine was booted was to stop it.
    private func wasStoppedByHand(_ database: String, since boot: Timestamp?) async -> Bool {
        var query = JobQuery()
        query.types = Self.handTypes
        query.outcomes = [.ok]
        query.text = database
        query.limit = 1000
        query.submittedAfter = boot
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
