import Access
import EXAConf
import Logging
import Synchronization
import Values
import Waiting

/// What the engine stands on, and what outlives a term of office: ports, what everybody reads, and the work of open jobs.
struct EngineEnvironment: Sendable {
    let present: PresentGround
    let runner: any NodeRunner
    /// Has revisions written on this node, whoever decided them.
    let installer: RevisionInstaller
    let time: any TimeSource
    let random: RandomSource
    let settings: SchedulerSettings
    /// Brings this node to each revision once its file is written, before the job that made it ends.
    let reconcilers: ReconcilerDriver
    let logger: Logger
    /// What happens to jobs, configuration and nodes, told once it is durable.
    let events: EventFeed
    /// Says which jobs are kept.
    let history: HistoryGate
    /// Knows what users may do when their jobs begin; `nil` where rights are those of submission.
    let users: (any UserDirectory)?
    let shared: Shared
    /// The secrets and the code of open jobs.
    let work = OpenWork()
    let commands = CommandTasks()
    let alarms: AlarmClock
    /// Those who wait for any change of a job, and those who wait for its end.
    let changes = Waiters<JobID, Void>()
    let ends = Waiters<JobID, Void>()
    /// Edits of other nodes that are to become revisions.
    let edits = HandedEdits()

    /// What everybody reads without waiting.
    final class Shared: Sendable {
        let catalogue: Mutex<JobCatalogue>
        /// The configuration as it was decided last.
        let published = Mutex(PublishedConfiguration())
        let recent: Mutex<RecentJobs>
        /// The master as it was told last.
        let announcedMaster = Mutex<ClusterStatus.Master?>(nil)
        /// Nodes something is owed to that was kept while they were away.
        let owing = Mutex<Set<Int>>([])
        /// What others decided, as long as this node follows them.
        let followed = Mutex<FollowedState?>(nil)
        /// Whether the format of the configuration may have to become another one.
        let looksAtFormat = Mutex(false)

        init(_ catalogue: JobCatalogue, recentJobs: Int) {
            self.catalogue = Mutex(catalogue)
            recent = Mutex(RecentJobs(limit: recentJobs))
        }
    }

    var store: any Store { present.ground.store }
    var cluster: any Cluster { present.ground.cluster }
    var now: Timestamp { Timestamp(milliseconds: Int(time.now)) }
    var moment: Moment { Moment(wall: now, monotonic: time.monotonic) }
    var catalogue: JobCatalogue { shared.catalogue.withLock { $0 } }
    var configuration: PublishedConfiguration { shared.published.withLock { $0 } }

    /// The cluster as it is now, with the nodes that are suspended.
    var clusterStatus: ClusterStatus {
        var status = cluster.status
        status.suspended = configuration.suspendedNodes
        status.holdBack(shared.owing.withLock { $0 })
        return status
    }

    /// Takes to which nodes something is owed: nothing else runs there, and none of them is ready.
    ///
    /// - Returns: Those to which nothing is owed any more.
    @discardableResult
    func owe(_ nodes: Set<Int>) -> Set<Int> {
        let former = shared.owing.withLock { owing in
            defer { owing = nodes }
            return owing
        }
        runner.holdBack(nodes)
        return former.subtracting(nodes)
    }

    /// Tells who decides, if that is news.
    func tellMaster() {
        let master = cluster.status.master
        let isNews = shared.announcedMaster.withLock { told in
            defer { told = master }
            return told != master
        }
        if isNews { events.publish([.master(master)]) }
    }

    /// The answer of the store, its errors in the words of a caller and in the log.
    func asking<Result>(
        _ work: (any Store) async throws(StoreError) -> Result
    ) async throws(JobError) -> Result {
        do throws(StoreError) {
            return try await work(store)
        } catch {
            logger.error("store failed", metadata: ["cause": "\(error)"])
            throw JobError(error)
        }
    }

    /// A revision with its text.
    ///
    /// - Throws: ``JobError/Code/revisionNotFound``.
    func revision(_ number: Int) async throws(JobError) -> RevisionRecord {
        let stored = try await asking { (store) throws(StoreError) in try await store.revision(number) }
        guard let stored else { throw JobError(.revisionNotFound, "There is no revision \(number).") }
        return stored
    }

    /// The older revision a job's work has to see, `nil` when it needs none.
    ///
    /// - Throws: ``JobError/Code/revisionNotFound``.
    func earlier(_ definition: JobDefinition, _ arguments: Arguments) async throws(JobError) -> RevisionRecord? {
        guard let number = definition.readsRevision(arguments) else { return nil }
        return try await revision(number)
    }

    /// What a job may know while it is examined.
    func context(
        _ job: JobRecord, _ arguments: Arguments, on document: Document, as principal: Principal
    ) -> JobContext {
        var context = JobContext(
            id: job.id, principal: principal, arguments: arguments, document: document,
            cluster: clusterStatus, now: now, random: random)
        context.portHolder = { [cluster] in cluster.holder(ofPort: $0) }
        context.policy = settings.policy
        context.begun = job.times[.executed]
        context.address = job.request.address
        return context
    }
}
