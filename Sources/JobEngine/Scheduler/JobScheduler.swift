package import Access
package import Logging
import Synchronization
import Values
import Waiting

/// Takes jobs, runs them in order and keeps their story: the one place through which every dialect works.
///
/// Reads are answered from what is in memory and in the store. What decides is an ``EngineDriver``, one for each term of
/// office; a node that is in none takes no jobs.
package final class JobScheduler: Sendable {
    let environment: EngineEnvironment
    /// What happens to jobs, configuration and nodes, told once it is durable; closed when the daemon stops.
    package var events: EventFeed { environment.events }
    private let state = Mutex(State())
    /// Those who wait for the next term.
    private let terms = Waiters<Int, Void>()
    /// What works beside whoever decides, in whatever term.
    private let tasks = TaskRegistry()

    private struct State {
        var driver: EngineDriver?
        var isDraining = false
    }

    /// A scheduler without a configuration: ``start(_:)`` has to come before the first job, ``run()`` serves the queue.
    package init(
        catalogue: JobCatalogue, store: any Store, runner: any NodeRunner, cluster: any Cluster,
        time: any TimeSource, random: RandomSource = .system, settings: SchedulerSettings = SchedulerSettings(),
        room: any HistoryRoom = AmpleRoom(), users: (any UserDirectory)? = nil, logger: Logger
    ) {
        environment = EngineEnvironment(
            store: store, runner: runner, cluster: cluster, time: time, random: random, settings: settings,
            reconcilers: ReconcilerDriver(time: time, logger: logger, executor: runner.thread?.tasks), logger: logger,
            events: EventFeed(time: time), history: HistoryGate(room, time), users: users,
            shared: EngineEnvironment.Shared(catalogue, recentJobs: settings.recentJobs), alarms: AlarmClock(time))
    }

    /// The jobs that are served.
    package var catalogue: JobCatalogue { environment.catalogue }

    /// Serves other jobs from now on; those that were submitted stay what they were.
    package func serve(_ catalogue: JobCatalogue) { environment.shared.catalogue.withLock { $0 = catalogue } }

    /// The newest decided configuration with its number.
    package var configuration: PublishedConfiguration { environment.configuration }

    /// Looks that were answered and not kept since the start, for want of room or because their user has added too much.
    package var unrecordedLooks: Int { environment.history.omitted }

    /// What users have added to the history within an hour, of which each may add 1 GiB.
    package var historyShares: HistoryShares { environment.history.shares }

    /// What follows the configuration.
    package var reconcilers: ReconcilerDriver { environment.reconcilers }

    var cluster: any Cluster { environment.cluster }
    var time: any TimeSource { environment.time }
    var logger: Logger { environment.logger }
    var now: Timestamp { environment.now }
    var isDraining: Bool { state.withLock { $0.isDraining } }

    /// Whoever decides now.
    ///
    /// - Throws: ``JobError/Code/noMaster`` between two terms, ``JobError/Code/shuttingDown``.
    var driver: EngineDriver {
        get throws(JobError) {
            let (driver, isDraining) = state.withLock { ($0.driver, $0.isDraining) }
            if isDraining { throw .stopping }
            guard let driver else { throw JobError(.noMaster, "No node decides now. Send the request again.") }
            return driver
        }
    }

    /// Asks whoever decides; one who was deposed took nothing, so that the next one is asked.
    ///
    /// - Throws: ``JobError``, ``JobError/Code/noMaster`` when nobody decides for a while.
    func ask(_ input: Input, _ work: [JobWork] = []) async throws(JobError) -> Answer? {
        let deadline = time.monotonic + Self.longestChange
        while true {
            let driver = try driver
            switch await driver.ask(input, work) {
            case .done(let answer): return answer
            case .repeated(let id): return .jobs([try await record(id)])
            case .refused(let error): throw error
            case .deposed: await nextTerm(after: driver, until: deadline)
            }
            if time.monotonic >= deadline {
                throw JobError(.noMaster, "This node no longer decides. Send the request again.")
            }
        }
    }

    private func nextTerm(after driver: EngineDriver, until deadline: Duration) async {
        let waiter = terms.add(0)
        if state.withLock({ $0.driver !== driver || $0.isDraining }) { waiter.resume(returning: ()) }
        await waiter.answer(or: { [time] in await time.sleep(until: deadline) })
    }

    /// How long a request waits for the next term.
    private static let longestChange = Duration.seconds(5)

    // MARK: Life

    /// Reads store and file, settles which configuration counts, and takes up the jobs that had not ended.
    ///
    /// - Parameter reconcilers: What follows the configuration, in this order; what a revision waits for is done on return.
    /// - Throws: ``JobError`` when the store cannot be opened, or there is no configuration that can be used; its message
    ///   names the place and the cure, and the file is as it was.
    package func start(_ reconcilers: [any Reconciler] = []) async throws(JobError) {
        self.reconcilers.begin(reconcilers)
        try await beginTerm()
    }

    private func beginTerm() async throws(JobError) {
        let driver = try await TermStart(environment).driver(tasks)
        state.withLock { $0.driver = driver }
        terms.resumeAll(returning: ())
    }

    /// Works until ``drain()`` was called and what had begun is done: the scheduler's life as a service.
    ///
    /// Call ``start(_:)`` first. Cancelling the task asks running commands to stop; their jobs are taken up, or taken back,
    /// at the next start.
    package func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.watchFile() }
            group.addTask { await self.events.keepCalling() }
            group.addTask { await self.followTerms() }
            await tasks.run()
            group.cancelAll()
        }
        await reconcilers.stop()
    }

    /// Begins a new term when one ended although this node is to decide; ends the work when the daemon stops.
    private func followTerms() async {
        while !Task.isCancelled, let driver = state.withLock({ $0.driver }) {
            await driver.isEnded.answer(whenCancelled: ())
            environment.ends.resumeAll(returning: ())
            environment.changes.resumeAll(returning: ())
            while !Task.isCancelled, !isDraining {
                do throws(JobError) {
                    try await beginTerm()
                    break
                } catch {
                    logger.error("no term could be begun", metadata: ["cause": "\(error)"])
                    await time.sleep(until: time.monotonic + EngineState.pause)
                }
            }
            if isDraining { break }
        }
        tasks.close()
    }

    /// Takes no more jobs and lets ``run()`` end; queued jobs stay in the store and go on at the next start.
    package func drain() async {
        let driver = state.withLock { state in
            state.isDraining = true
            return state.driver
        }
        events.close()
        driver?.tell(.drained)
        terms.resumeAll(returning: ())
        environment.ends.resumeAll(returning: ())
        environment.changes.resumeAll(returning: ())
        if driver == nil { tasks.close() }
    }

    /// Looks at the file's dates now and then, since nobody tells when an editor saved it.
    private func watchFile() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + environment.settings.fileCheckInterval)
            guard !Task.isCancelled, await environment.runner.configurationWasTouched() else { continue }
            state.withLock { $0.driver }?.tell(.fileTouched)
        }
    }
}

/// Bounds of the scheduler.
package struct SchedulerSettings: Sendable {
    /// Jobs that have not ended; more are refused. Default 100,000.
    package var queueLimit = 100_000
    /// Ended jobs kept in memory for callers that ask at once. Default 2,000.
    package var recentJobs = 2_000
    /// Changes decided in one write. Default 64.
    package var batchLimit = 64
    /// How long an append waits for the decision on the changes that get their turn by it, so that both are one. Default
    /// 5 ms.
    package var decisionPatience = Duration.milliseconds(5)
    /// How long a command may go on after somebody asked by force that it stops. Default 10 s.
    package var forceGrace = Duration.seconds(10)
    /// How often the configuration file is looked at for an edit by hand. Default 2 s.
    package var fileCheckInterval = Duration.seconds(2)
    /// What the operator of this machine allows. Default: what holds where the operator says nothing.
    package var policy = OperatorPolicy()

    /// The bounds of a daemon whose settings name none.
    package init() {}
}
