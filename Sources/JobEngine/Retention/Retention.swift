import Logging
import Values

/// Moves jobs whose time is over from the store to the archive.
package struct Retention: Sendable {
    private let scheduler: JobScheduler
    private let archive: any JobArchive
    private let policy: RetentionPolicy
    private var isFailing = false

    /// How long an idempotency key stands for its job, whatever the policy says.
    private static let keyLife = Duration.seconds(86_400)
    private static let longestRest = Duration.seconds(60)
    private static let shortestRest = Duration.seconds(1)

    /// Nothing is moved before ``run()``.
    package init(_ scheduler: JobScheduler, archive: any JobArchive, policy: RetentionPolicy) {
        self.scheduler = scheduler
        self.archive = archive
        self.policy = policy
    }

    /// Moves what is due, at once and then every minute, or as often as the age says if that is less, until the daemon
    /// stops.
    package mutating func run() async {
        var reader = EventReader(scheduler.events, EventFilter(types: ["master.changed"]), from: .now)
        while !Task.isCancelled {
            let rest = await moveDue()
            if await reader.next(1, atMost: rest, scheduler.time) == .closed { return }
        }
    }

    /// Moves what is due now. What fails is tried again; only the first of several failures is logged.
    ///
    /// - Returns: How long to wait before the next call.
    mutating func moveDue() async -> Duration {
        guard decidesWhatGoes else { return Self.longestRest }
        do throws(StoreError) {
            let count = try await move()
            if count > 0 { scheduler.logger.info("jobs archived", metadata: ["count": "\(count)"]) }
            isFailing = false
            return max(min(policy.age ?? Self.longestRest, Self.longestRest), Self.shortestRest)
        } catch {
            if !isFailing { scheduler.logger.error("jobs cannot be archived", metadata: ["cause": "\(error)"]) }
            isFailing = true
            return Self.longestRest
        }
    }

    /// Whether this node says which jobs go. In a cluster they go on every node at the same entry of the log: whoever decides
    /// asks for that through its archive, and no other node moves anything by itself.
    private var decidesWhatGoes: Bool {
        let status = scheduler.cluster.status
        return !status.isElected || status.isMaster && (try? scheduler.driver) != nil
    }

    private func move() async throws(StoreError) -> Int {
        var moved = 0
        var due = DueJobs(at: scheduler.now)
        due.endedBefore = policy.age.map { scheduler.now.advanced(by: .zero - $0) }
        due.count = policy.count
        due.bytes = policy.bytes
        repeat {
            guard let isNeeded = await needs() else { return moved }
            due.isNeeded = isNeeded
            let batch = try await archive.archive(due)
            scheduler.forget(batch.jobs)
            moved += batch.jobs.count
            guard let next = batch.next else { return moved }
            due.after = next
        } while !scheduler.isDraining
        return moved
    }

    /// What tells which jobs the daemon has to know, however long ago they ended; `nil` when another node knows.
    private func needs() async -> (@Sendable (JobRecord) -> Bool)? {
        let status = scheduler.cluster.status
        let driver = try? scheduler.driver
        // Where a node is elected, one that does not decide yet has not looked at the open jobs.
        if driver == nil, status.isElected { return nil }
        let wanted = await driver?.jobsOpenOnesNeed ?? []
        let keyed = scheduler.now.advanced(by: .zero - Self.keyLife)
        // In a cluster each database has the boot of its own node: what the first of them needs, all keep.
        let boot = status.isElected ? status.booted.values.min() : status.booted[status.ownNode]
        return { job in
            if wanted.contains(job.id) || AutomaticStart.heeds(job, since: boot) { return true }
            // Whoever repeats the request of a batch is told all jobs of it.
            let isKeyed = job.idempotencyKey != nil || job.batchOf != nil
            return isKeyed && job.times[.submitted].map { $0 > keyed } ?? false
        }
    }
}

/// How long the store keeps jobs that have ended, before they go to the archive.
package struct RetentionPolicy: Sendable, Hashable {
    /// From the end of a job on; `nil` for ever. Default 30 days.
    package var age: Duration? = .seconds(30 * 86_400)
    /// So many of those that ended last; `nil` for any number. Default 10,000,000.
    package var count: Int? = 10_000_000
    /// As long as the store holds no more than so many bytes; `nil` for any number. Default none.
    package var bytes: Int?

    /// What holds when no setting says otherwise.
    package init() {}
}
