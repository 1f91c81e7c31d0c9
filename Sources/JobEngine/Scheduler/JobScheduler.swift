package import Access
package import EXAConf
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
    let state = Mutex(State())
    /// Those who wait for the next term.
    let terms = Waiters<Int, Void>()
    /// What works beside whoever decides, in whatever term.
    let tasks = TaskRegistry()
    /// Follows what others decide.
    let follower: EngineFollower
    /// Wakes whoever waits for a term, as the daemon stops or the ground changes.
    let interruptions = Waiters<Int, Void>()
    /// What nodes said they have.
    let words = NodeWords()
    /// What this node has to see to.
    package let needs = NodeNeeds()

    struct State {
        var driver: EngineDriver?
        var isDraining = false
        /// Whether the cluster has said of the present term that this node decides.
        var isConfirmed = false
        /// Whether those who waited for the driver were told that its term is over.
        var isLeft = false
        /// What others decide, from before the state was read; whoever lives on the ground takes it.
        var news: AsyncStream<StateNews>?
        /// The ground is about to become another one.
        var change: GroundChange?
    }

    /// A scheduler without a configuration: ``start(_:)`` has to come before the first job, ``run()`` serves the queue.
    ///
    /// - Parameter feed: Tells what other nodes decide; `nil` for a node alone.
    package init(
        catalogue: JobCatalogue, store: any Store, runner: any NodeRunner, cluster: any Cluster,
        feed: (any StateFeed)? = nil, time: any TimeSource, random: RandomSource = .system,
        settings: SchedulerSettings = SchedulerSettings(),
        room: any HistoryRoom = AmpleRoom(), users: (any UserDirectory)? = nil, logger: Logger
    ) {
        environment = EngineEnvironment(
            present: PresentGround(EngineGround(store: store, cluster: cluster, feed: feed)), runner: runner,
            installer: RevisionInstaller(runner), time: time, random: random, settings: settings,
            reconcilers: ReconcilerDriver(time: time, logger: logger, executor: runner.thread?.tasks),
            logger: logger, events: EventFeed(time: time), history: HistoryGate(room, time), users: users,
            shared: EngineEnvironment.Shared(catalogue, recentJobs: settings.recentJobs), alarms: AlarmClock(time))
        follower = EngineFollower(environment)
    }

    /// The jobs that are served.
    package var catalogue: JobCatalogue { environment.catalogue }

    /// Serves other jobs from now on; those that were submitted stay what they were.
    package func serve(_ catalogue: JobCatalogue) { environment.shared.catalogue.withLock { $0 = catalogue } }

    /// The newest decided configuration with its number.
    package var configuration: PublishedConfiguration { environment.configuration }

    /// Whether this node follows others, and has not brought their newest revision with its files to its places since it began to.
    package var isComingBack: Bool { follower.isComingBack }

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
            if let driver = try presentDriver {
                switch await driver.ask(input, work) {
                case .done(let answer): return answer
                case .repeated(let id): return .jobs([try await record(id)])
                case .refused(let error): throw error
                case .deposed: await nextTerm(after: driver, until: deadline)
                }
            } else {
                await nextTerm(after: nil, until: deadline)
            }
            if time.monotonic >= deadline { throw .noTerm }
        }
    }

    /// Whoever decides now; `nil` when this node will in a moment.
    private var presentDriver: EngineDriver? {
        get throws(JobError) {
            do throws(JobError) {
                return try driver
            } catch {
                let status = cluster.status
                if error.code == .noMaster, status.isElected, status.isMaster { return nil }
                throw error
            }
        }
    }

    private func nextTerm(after driver: EngineDriver?, until deadline: Duration) async {
        let waiter = terms.add(0)
        if state.withLock({ $0.driver !== driver || $0.isDraining }) { waiter.resume(returning: ()) }
        await waiter.answer(or: { [time] in await time.sleep(until: deadline) })
    }

    /// How long a request waits for the next term.
    private static let longestChange = Duration.seconds(5)
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
    /// The formats configurations are brought to. Default: those this version has steps to.
    package var formats = FormatTargets.known

    /// The bounds of a daemon whose settings name none.
    package init() {}
}
