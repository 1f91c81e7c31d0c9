package import Access
import DequeModule
import Synchronization

extension JobScheduler {
    /// The job of an id as it was last made durable.
    ///
    /// - Parameter principal: Who asks. If he asked for the job, or is root, passwords in its result are told for as long
    ///   as the job is in memory; nobody keeps them.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package nonisolated func record(_ id: JobID, for principal: Principal) async throws(JobError) -> JobRecord {
        if let told = recent.withLock({ $0.told(id) }), principal.isRoot || told.requester.name == principal.name {
            return told
        }
        return try await record(id)
    }

    /// The job of an id as it was last made durable, with `***` in place of passwords.
    ///
    /// - Throws: ``JobError/Code/jobNotFound``, ``JobError/Code/jobExpired`` for one that went to the archive.
    package nonisolated func record(_ id: JobID) async throws(JobError) -> JobRecord {
        if let record = recent.withLock({ $0[id] }) { return record }
        if let record = await liveRecord(id) { return record }
        // It may have ended between the two looks.
        if let record = recent.withLock({ $0[id] }) { return record }
        let stored = try await asking { (store) throws(StoreError) in try await store.job(id) }
        if let stored { return stored }
        throw try await archived(id)?.error ?? JobError(.jobNotFound, "There is no job \(id).")
    }

    private func liveRecord(_ id: JobID) -> JobRecord? {
        refresh(id)
        return live[id]?.durable
    }

    /// A page of the jobs a query asks for.
    package nonisolated func jobs(_ query: JobQuery) async throws(JobError) -> JobPage {
        var page = try await asking { (store) throws(StoreError) in try await store.jobs(query) }
        // What the open ones wait for is known here alone.
        if page.jobs.contains(where: { !$0.isDone }) { page.jobs = await presented(page.jobs) }
        return page
    }

    /// A revision with its text.
    ///
    /// - Throws: ``JobError/Code/revisionNotFound``.
    package nonisolated func revision(_ number: Int) async throws(JobError) -> RevisionRecord {
        let stored = try await asking { (store) throws(StoreError) in try await store.revision(number) }
        guard let stored else { throw JobError(.revisionNotFound, "There is no revision \(number).") }
        return stored
    }

    /// Revisions without their text, newest first.
    package nonisolated func revisions(below number: Int?, limit: Int) async throws(JobError) -> [RevisionRecord] {
        try await asking { (store) throws(StoreError) in try await store.revisions(below: number, limit: limit) }
    }

    /// The cluster as it is now, with the nodes that are suspended.
    package nonisolated func clusterStatus() -> ClusterStatus {
        var status = cluster.status
        status.suspended = configuration.suspendedNodes
        return status
    }

    /// How many jobs have not ended.
    package var openJobCount: Int { live.count }

    /// Whether the store can be read now.
    package nonisolated var storeAnswers: Bool {
        get async { (try? await store.revisions(below: nil, limit: 1)) != nil }
    }

    /// Waits until a job has ended, a time has passed, or the daemon stops.
    ///
    /// - Parameter principal: Who is told of it, passwords in its result included as ``record(_:for:)`` has it.
    /// - Returns: The job as it is then.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package nonisolated func wait(
        for id: JobID, atMost limit: Duration, telling principal: Principal? = nil
    ) async throws(JobError) -> JobRecord {
        let record = try await record(id)
        if record.isDone || limit <= .zero { return record }
        await first(of: limit) { await self.untilEnd(of: id, orChangeOf: nil) }
        if let principal { return try await self.record(id, for: principal) }
        return try await self.record(id)
    }

    /// Waits until a job is not what the caller knows of it, a time has passed, or the daemon stops.
    ///
    /// - Parameter record: The job as ``record(_:)`` gave it.
    /// - Returns: The job as it is then.
    /// - Throws: ``JobError/Code/jobNotFound``.
    package nonisolated func wait(
        forChangeOf record: JobRecord, atMost limit: Duration
    ) async throws(JobError) -> JobRecord {
        if record.isDone || limit <= .zero { return record }
        let id = record.id
        await first(of: limit) { await self.untilEnd(of: id, orChangeOf: record) }
        return try await self.record(id)
    }

    /// Waits for a piece of work until a time has passed; then it is cancelled.
    private nonisolated func first(of limit: Duration, _ work: @escaping @Sendable () async -> Void) async {
        let time = time
        Turn.current?.end()
        await withTaskGroup { group in
            group.addTask { await work() }
            group.addTask { await time.sleep(until: time.monotonic + limit) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Returns when the job has ended, the daemon stops, or the calling task is cancelled.
    ///
    /// - Parameter record: What the caller knows of the job, if he wants to hear of any change of it.
    private func untilEnd(of id: JobID, orChangeOf record: JobRecord?) async {
        let waiter = nextWaiter
        nextWaiter += 1
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = live[id].map { record != nil && $0.durable != record } ?? true
                if isOver || isDraining || Task.isCancelled {
                    continuation.resume()
                } else if record == nil {
                    waiters[id, default: [:]][waiter] = continuation
                } else {
                    followers[id, default: [:]][waiter] = continuation
                }
            }
        } onCancel: {
            // The owner of this task is the group in `wait`, which has already turned away.
            Task { await self.forget(waiter, of: id) }
        }
    }

    private func forget(_ waiter: Int, of id: JobID) {
        waiters[id]?.removeValue(forKey: waiter)?.resume()
        if waiters[id]?.isEmpty == true { waiters[id] = nil }
        followers[id]?.removeValue(forKey: waiter)?.resume()
        if followers[id]?.isEmpty == true { followers[id] = nil }
    }

    /// Tells whoever waits for any change of a job.
    func wakeFollowers(of id: JobID) {
        for continuation in (followers.removeValue(forKey: id) ?? [:]).values { continuation.resume() }
    }

    /// Tells whoever waits for a job.
    func wake(_ id: JobID) {
        wakeFollowers(of: id)
        for continuation in (waiters.removeValue(forKey: id) ?? [:]).values { continuation.resume() }
    }

    /// Asks a job to stop.
    ///
    /// A queued job never starts. A running one is asked, and stops before its next command; whatever it had done is
    /// taken back. A decided one goes on.
    ///
    /// - Parameter force: Ends the command that runs, if it still does after ``SchedulerSettings/forceGrace``; for root.
    /// - Returns: The job as it is after the request.
    /// - Throws: ``JobError/Code/permissionDenied`` unless the principal asked for the job or is root,
    ///   ``JobError/Code/jobNotCancellable`` for one that has ended or is decided, ``JobError/Code/jobNotFound``.
    package func cancel(
        _ id: JobID, by principal: Principal, reason: String?, force: Bool = false
    ) async throws(JobError) -> JobRecord {
        try MisplacedKey.refuse(reason, at: "/reason")
        if force, !principal.isRoot {
            throw JobError(.permissionDenied, "Only root may end a command by force; ask without 'force'.")
        }
        let known = try await record(id)
        guard principal.isRoot || principal.name == known.requester.name else {
            throw JobError(
                .permissionDenied, "Only root and '\(known.requester.name)', who asked for job \(id), may cancel it.")
        }
        if known.outcome == .cancelled { return known }
        guard let job = live[id], !known.isDone else {
            throw JobError(.jobNotCancellable, "Job \(id) has ended already, with outcome \(known.outcomeText).")
        }
        switch job.pipeline.phase {
        case .queued, .commanding: break
        case .concluding, .distributing, .ended, .undoing:
            throw JobError(.jobNotCancellable, "Job \(id) cannot be stopped any more: it is about to end.")
        }
        let action = handle(.cancelRequested(reason: reason), for: id)
        if case .stop = action {
            if force { set(.force(id), at: now.advanced(by: settings.forceGrace)) }
            _ = await keepDurable(id)
            return try await record(id)
        }
        await carryOut(id, action)
        return try await record(id)
    }

    /// Finds out what a job would do, without doing it: the same checks, no id, lock, revision or history.
    package func dryRun(_ request: JobRequest) async throws(JobError) -> DryRun {
        let definition = try catalogue.definition(request.type)
        try permit(request, definition, Arguments(request.parameters))
        let arguments = try self.arguments(of: definition, request)
        let record = JobRecord(
            id: JobID(node: cluster.status.ownNode, number: 0), type: definition.name, mode: definition.mode,
            parameters: [:], requester: .init(request.principal), request: request.request, scheduling: .init(),
            submittedAt: now)
        let pipeline = Pipeline(queued: record, changesConfiguration: definition.changesConfiguration(arguments))
        var job = LiveJob(pipeline: pipeline, definition: definition, arguments: arguments)
        job.earlier = try await earlier(definition, arguments)
        return await report(on: job, request)
    }

    private func report(on job: LiveJob, _ request: JobRequest) async -> DryRun {
        let configuration = configuration
        var report = DryRun()
        report.locks = job.definition.locks(job.arguments)
        do throws(JobError) {
            let conflict = await conflict(request.baseRevision, with: configuration, for: request.principal)
            if let refusal = job.pipeline.changesConfiguration ? configuration.obstacle ?? conflict : conflict {
                throw refusal
            }
            let planned = try planned(job, on: configuration.document)
            report.commands = (planned.plan?.commands ?? []).map { CommandRecord($0) }
            for (step, command) in (planned.plan?.commands ?? []).enumerated() {
                if let refusal = await refusal(of: command, step) { throw refusal }
            }
            guard let edited = planned.edited,
                let draft = DraftRevision(
                    edited, number: configuration.revision + 1, forced: planned.plan?.makesRevision ?? false)
            else { return report }
            report.nextRevision = draft.number
            report.difference = draft.difference(from: configuration.document)
            report.patch = draft.patch(from: configuration.document)
        } catch {
            report.error = error
        }
        return report
    }
}

extension JobScheduler {
    /// Why a node would refuse a command, or fail at it, as far as that can be known without doing it.
    private func refusal(of command: Command, _ step: Int) async -> JobError? {
        guard let check = command.check else { return nil }
        let look = Command(
            check, on: command.node, command.arguments, secrets: command.secrets,
            deadline: min(command.deadline, Self.longestCheck))
        switch await runner.run(look, job: JobID(node: cluster.status.ownNode, number: 0), step: step) {
        case .refused(let error): return error
        case .failed(_, let message): return JobError(.jobFailed, message)
        // What is not known in time is no reason against the job.
        case .ok, .timedOut, .cancelled: return nil
        }
    }

    /// How long a dry run waits for what a node finds out.
    private static let longestCheck = Duration.seconds(30)
}

extension JobRecord {
    fileprivate var outcomeText: String { outcome?.rawValue ?? "unknown" }
}
