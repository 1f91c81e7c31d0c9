package import Access
package import EXAConf
package import Logging
import Synchronization

/// Takes jobs, runs them in order and keeps their story: the one place through which every dialect works.
///
/// Nothing polls: a job moves when something it waited for happened. What a caller is told is durable before it is told.
package actor JobScheduler {
    private nonisolated let served: Mutex<JobCatalogue>
    nonisolated let store: any Store
    nonisolated let runner: any NodeRunner
    nonisolated let cluster: any Cluster
    nonisolated let time: any TimeSource
    nonisolated let random: RandomSource
    nonisolated let settings: SchedulerSettings
    nonisolated let logger: Logger
    /// Told of each revision once it is on this node, before the job that made it ends.
    nonisolated let observers: [any RevisionObserver]
    /// The configuration as it was decided last; read by everybody without waiting.
    nonisolated let published: Mutex<PublishedConfiguration>
    nonisolated let numbers: JobNumbers
    nonisolated let recent: Mutex<RecentJobs>
    /// What happens to jobs, configuration and nodes, told once it is durable; closed when the daemon stops.
    package nonisolated let events: EventFeed

    var live: [JobID: LiveJob] = [:]
    var locks = LockTable()
    /// Jobs that change the configuration and hold their locks.
    var lane = PriorityLine()
    /// The job, or one of the batch, that has the lane now.
    var laneHolder: JobID?
    /// The rules on which jobs may begin.
    var rules = QueueRules()
    /// The jobs that depend on one that has not ended.
    var dependents: [JobID: Set<JobID>] = [:]
    var deadlines = Deadlines()
    /// Sleeps until the next deadline.
    var alarm: (due: Duration, task: Task<Void, Never>)?
    /// The running command of a job, so that it can be asked to stop.
    var running: [JobID: Task<CommandOutcome, Never>] = [:]
    var waiters: [JobID: [Int: CheckedContinuation<Void, Never>]] = [:]
    /// Those who wait for any change of a job.
    var followers: [JobID: [Int: CheckedContinuation<Void, Never>]] = [:]
    var nextWaiter = 0
    /// The master as it was told last.
    var toldMaster: ClusterStatus.Master?
    var isDraining = false
    let signals: AsyncStream<Signal>
    let signal: AsyncStream<Signal>.Continuation
    /// Wakes the lane; one pending wake is enough.
    let laneSignals: AsyncStream<Void>
    let laneSignal: AsyncStream<Void>.Continuation

    /// What wakes the service loop.
    enum Signal: Sendable {
        /// A job of its own can start.
        case start(JobID)
        /// A job's cut-off command has to be taken back.
        case resume(JobID, Pipeline.Action)
        /// A job depends on one that may have ended.
        case settle(JobID)
        /// The running command of a job says how far it is.
        case report(JobID, Int, CommandProgress)
        /// It has said something for the log.
        case log(JobID, Int, RunningLog)
        /// The time of a rule is over.
        case endRule(Int)
    }

    /// A scheduler without a configuration: ``start()`` has to come before the first job, ``run()`` serves the queue.
    package init(
        catalogue: JobCatalogue, store: any Store, runner: any NodeRunner, cluster: any Cluster,
        time: any TimeSource, random: RandomSource = .system, settings: SchedulerSettings = SchedulerSettings(),
        observers: [any RevisionObserver] = [], logger: Logger
    ) {
        served = Mutex(catalogue)
        self.store = store
        self.runner = runner
        self.cluster = cluster
        self.time = time
        self.random = random
        self.settings = settings
        self.observers = observers
        self.logger = logger
        published = Mutex(PublishedConfiguration())
        numbers = JobNumbers(store: store)
        recent = Mutex(RecentJobs(limit: settings.recentJobs))
        events = EventFeed(time: time)
        (signals, signal) = AsyncStream.makeStream()
        (laneSignals, laneSignal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The jobs that are served.
    package nonisolated var catalogue: JobCatalogue { served.withLock { $0 } }

    /// Serves other jobs from now on; those that were submitted stay what they were.
    package nonisolated func serve(_ catalogue: JobCatalogue) { served.withLock { $0 = catalogue } }

    nonisolated var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }

    /// The newest decided configuration with its number.
    package nonisolated var configuration: PublishedConfiguration { published.withLock { $0 } }
}

/// Bounds of the scheduler.
package struct SchedulerSettings: Sendable {
    /// Jobs that have not ended; more are refused. Default 100,000.
    package var queueLimit = 100_000
    /// Ended jobs kept in memory for callers that ask at once. Default 2,000.
    package var recentJobs = 2_000
    /// Changes decided in one write. Default 64.
    package var batchLimit = 64
    /// How long a command may go on after somebody asked by force that it stops. Default 10 s.
    package var forceGrace = Duration.seconds(10)
    /// How often the configuration file is looked at for an edit by hand. Default 2 s.
    package var fileCheckInterval = Duration.seconds(2)
    /// What the operator of this machine allows. Default: what holds where he says nothing.
    package var policy = OperatorPolicy()

    /// The bounds of a daemon whose settings name none.
    package init() {}
}

/// Something that follows the configuration, such as the TLS identity of the gateway.
package protocol RevisionObserver: Sendable {
    /// Called once for each revision that became the newest on this node; intermediate ones may be left out.
    func configurationChanged(to document: Document, revision: Int) async
}
