import Access
import Synchronization
import Values
import Waiting

/// Waits, in place of a command, until the cluster is as a job expects it.
struct ClusterWait: Sendable {
    let environment: EngineEnvironment
    let expectation: Expectation
    let job: JobID
    /// Told what is in the way, whenever that is something else than before.
    let tell: @Sendable ([JobRecord.Obstacle]) -> Void

    /// What was in the way last.
    private final class Latest: Sendable {
        let obstacles = Mutex<[JobRecord.Obstacle]>([])
    }

    private let latest = Latest()

    init(
        _ expectation: Expectation, of job: JobID, _ environment: EngineEnvironment,
        tell: @escaping @Sendable ([JobRecord.Obstacle]) -> Void
    ) {
        (self.expectation, self.job, self.environment, self.tell) = (expectation, job, environment, tell)
    }

    /// `ok` once it is so, refused when it cannot come or does not come in time. Cancelling the task ends the wait.
    func outcome() async -> CommandOutcome {
        let (time, due) = (environment.time, environment.time.monotonic + remainder)
        return await withTaskGroup { group in
            group.addTask { await self.wait() }
            group.addTask {
                await time.sleep(until: due)
                return Task.isCancelled ? .cancelled : .refused(self.failure)
            }
            let first = await group.next() ?? .cancelled
            group.cancelAll()
            return first
        }
    }

    /// The rest of the time: of it counts what passed by the clocks of others, too.
    private var remainder: Duration {
        let begin = environment.work.record(job)?.times[.executed] ?? environment.now
        let passed = Duration.milliseconds(max(0, environment.now.milliseconds - begin.milliseconds))
        return max(.zero, expectation.patience - passed)
    }

    private var failure: JobError { expectation.failure(latest.obstacles.withLock { $0 }) }

    private func wait() async -> CommandOutcome {
        let cluster = environment.cluster
        guard !isSettled(by: cluster.status) else { return .ok(.null) }
        if let successor = expectation.successor {
            do throws(JobError) {
                try await handOver(to: successor, cluster)
            } catch {
                return .refused(error)
            }
        }
        for await status in cluster.changes() {
            if isSettled(by: status) { return .ok(.null) }
        }
        // The cluster ends with its ground, and a term on the next one waits anew.
        await Waiter<Void>().answer(whenCancelled: ())
        return .cancelled
    }

    /// - Returns: Whether nothing is in the way any more.
    private func isSettled(by status: ClusterStatus) -> Bool {
        var status = status
        status.holdBack(environment.shared.owing.withLock { $0 })
        let obstacles = expectation.obstacles(status)
        say(obstacles)
        return obstacles.isEmpty
    }

    private func say(_ obstacles: [JobRecord.Obstacle]) {
        let isNews = latest.obstacles.withLock { latest in
            defer { latest = obstacles }
            return latest != obstacles
        }
        if isNews { tell(obstacles) }
    }

    // MARK: Handing over

    /// Has another node decide, once nothing is lost by that.
    ///
    /// - Throws: ``JobError`` when that is not possible, and when it was done before and this node decides all the same.
    private func handOver(to node: Int, _ cluster: any Cluster) async throws(JobError) {
        guard environment.work[job]?.handedOverTo == nil else {
            throw JobError(
                .jobFailed,
                "Node \(node) was to decide and did not take over: node \(cluster.status.ownNode) decides again.",
                details: ["nodes": [.int(node)]])
        }
        while !Task.isCancelled {
            let holders = environment.work.jobsWithSecrets.filter { $0 != job }
            guard let first = holders.first else { break }
            say(holders.map { .job($0) })
            let change = environment.changes.add(first)
            // It may have been the last one before anybody listened.
            if !environment.work.jobsWithSecrets.contains(first) { change.resume(returning: ()) }
            await change.answer(whenCancelled: ())
        }
        if Task.isCancelled { return }
        say([.node(node)])
        environment.work.update(job) { $0.handedOverTo = node }
        do throws(JobError) {
            try await cluster.handOver(to: node)
        } catch {
            // This node goes on deciding, and nobody was told.
            environment.work.update(job) { $0.handedOverTo = nil }
            throw error
        }
    }
}

extension OpenWork {
    /// Jobs that are over when another node decides: their secrets are nowhere but here.
    fileprivate var jobsWithSecrets: [JobID] {
        jobs { $0.hadSecrets && ($0.stage < .finished || $0.revision == nil) }
    }
}
