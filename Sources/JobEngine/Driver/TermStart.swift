import Access
import EXAConf
import Logging
import Synchronization
import Values
import Waiting

/// Begins a term of office on what store and file hold.
struct TermStart: Sendable {
    private let environment: EngineEnvironment
    private let follower: EngineFollower

    /// - Parameter follower: It follows no more once the state of the term is read.
    init(_ environment: EngineEnvironment, _ follower: EngineFollower) {
        self.environment = environment
        self.follower = follower
    }

    /// A driver that carries the term, its configuration settled and on the disk of this node, the open jobs taken up.
    ///
    /// - Parameters:
    ///   - position: The entry that began the term.
    ///   - tasks: Has what works beside the driver.
    /// - Throws: ``JobError`` when the store cannot be opened, or there is no configuration that can be used.
    func driver(at position: LogPosition, _ tasks: TaskRegistry) async throws(JobError) -> EngineDriver {
        let contents = try await Self.asking(environment.store) { (store) throws(StoreError) in try await store.open() }
        follower.end()
        environment.events.begin(epoch: position.index)
        var head = environment.configuration
        head.suspendedNodes = contents.suspendedNodes
        head.take(contents.rules)
        if let record = contents.head, record != head.record {
            head = head.following(try StartingConfiguration.document(of: record), record)
        }
        let limits = EngineState.Limits(
            node: environment.cluster.status.ownNode, queue: environment.settings.queueLimit,
            batch: environment.settings.batchLimit)
        var state = EngineState(head, nextNumber: contents.nextNumber, limits: limits)
        for rule in contents.rules { _ = state.process(.ruleResumed(rule), at: environment.moment) }
        let finding = try await ConfigurationFile(environment).finding(atStartWith: head)
        environment.shared.published.withLock { $0 = head }
        let driver = EngineDriver(environment, state, at: position, tasks: tasks)
        await driver.begin()
        do throws(JobError) {
            try await settle(finding, driver)
        } catch {
            await driver.depose()
            throw error
        }
        // Revisions may have passed while the daemon was away, or it was killed in the middle.
        await environment.reconcilers.ensure(environment.configuration.decided)
        environment.tellMaster()
        environment.owe(Set(contents.keptUndos.map(\.node)))
        if !contents.keptUndos.isEmpty { _ = await driver.ask(.undosResumed(contents.keptUndos)) }
        await takeUp(contents.openJobs, driver)
        await driver.finishStart()
        return driver
    }

    /// Begins a term in a log.
    ///
    /// - Throws: ``JobError`` with the cause in the words of the store: there is nobody yet but who reads the daemon's log.
    static func position(in store: any Store) async throws(JobError) -> LogPosition {
        try await asking(store) { (store) throws(StoreError) in try await store.beginTerm() }
    }

    private static func asking<Answer>(
        _ store: any Store, _ question: (any Store) async throws(StoreError) -> Answer
    ) async throws(JobError) -> Answer {
        do throws(StoreError) {
            return try await question(store)
        } catch {
            throw JobError(.internal, "\(error)")
        }
    }

    /// Settles which configuration counts, and brings an old one up to date.
    private func settle(_ finding: FileFinding, _ driver: EngineDriver) async throws(JobError) {
        try await driver.follow(finding)
        if let upgrade = try await ConfigurationFile(environment).upgrade(of: environment.configuration) {
            try await driver.follow(.adopted(upgrade))
        }
    }

    /// Takes up the jobs that had not ended: those that had begun first, as they hold what others wait for.
    private func takeUp(_ records: [JobRecord], _ driver: EngineDriver) async {
        let jobs = records.sorted { $0.id < $1.id }
        for job in jobs where job.stage > .submitted { await takeUp(job, driver) }
        for job in jobs where job.stage == .submitted { await takeUp(job, driver) }
        await driver.installPending()
    }

    private func takeUp(_ record: JobRecord, _ driver: EngineDriver) async {
        environment.logger.notice(
            "job taken up", metadata: ["job.id": "\(record.id)", "stage": "\(record.stage.rawValue)"])
        let known = environment.work[record.id]
        // Commands and secrets that are still in memory go on where they were.
        if let known, let pipeline = known.pipeline, pipeline.record.isSame(as: record) {
            _ = await driver.ask(
                .resumed(ResumedJob(record: record, traits: known.traits, pipeline: pipeline)))
            return
        }
        let definition = try? environment.catalogue.definition(record.type)
        let arguments = Arguments(record.parameters)
        var work = JobWork(definition ?? .gone(record.type, mode: record.mode), arguments)
        // One that cannot be read is missed when the job is examined.
        work.earlier = try? await environment.earlier(work.definition, arguments)
        let traits = definition.map { JobTraits($0, arguments) } ?? JobTraits(gone: record.mode)
        work.pipeline = Pipeline(queued: record, changesConfiguration: traits.changesConfiguration)
        environment.work.insert(work, for: record.id)
        _ = await driver.ask(.resumed(ResumedJob(record: record, traits: traits, pipeline: nil)))
    }
}

extension JobRecord {
    /// Whether it is the same state of a job, what is never stored aside.
    func isSame(as stored: JobRecord) -> Bool {
        stage == stored.stage && revision == stored.revision && cancellation == stored.cancellation
            && commands.map(\.endedAt) == stored.commands.map(\.endedAt)
            && commands.map(\.startedAt) == stored.commands.map(\.startedAt)
            && commands.map(\.undoneAt) == stored.commands.map(\.undoneAt)
            && commands.map(\.undoKeptAt) == stored.commands.map(\.undoKeptAt)
    }
}

extension JobDefinition {
    /// Stands in for a definition that is no longer served, so that its last job can be brought to an end.
    fileprivate static func gone(_ name: String, mode: JobMode) -> JobDefinition {
        JobDefinition(
            name: name, noun: "", summary: "", mode: mode, permission: Permission(users: [], groups: []), result: "",
            work: .answer { (_) throws(JobError) in nil })
    }
}

extension JobError {
    /// Nobody decides here: nothing was taken.
    static let noTerm = JobError(.noMaster, "This node does not decide now. Send the request again.")

    /// The term ended while what was asked was on its way.
    static let unsettled = JobError(
        .noMaster,
        "This node no longer decides, and nobody knows yet whether the request was taken. Send it again with the same "
            + "Idempotency-Key.", details: ["taken": "unknown"])
}
