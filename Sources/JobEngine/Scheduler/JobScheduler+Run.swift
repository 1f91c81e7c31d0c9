import Access
import Logging
import Synchronization

extension JobScheduler {
    /// Works until ``drain()`` was called and what had begun is done: the scheduler's life as a service.
    ///
    /// Call ``start()`` first. Cancelling the task asks running commands to stop; their jobs are taken up, or taken back,
    /// at the next start.
    package func run() async {
        await withDiscardingTaskGroup { watch in
            watch.addTask { await self.watchFile() }
            await runJobs()
            watch.cancelAll()
        }
    }

    /// Runs jobs until no more signals come and those that had begun have ended.
    private func runJobs() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await self.runLane() }
            for await signal in signals {
                switch signal {
                case .start(let id): group.addTask { await self.runAlone(id) }
                case .resume(let id, let action): group.addTask { await self.carryOut(id, action) }
                }
            }
        }
    }

    /// Takes no more jobs and lets ``run()`` end; queued jobs stay in the store and go on at the next start.
    package func drain() {
        isDraining = true
        signal.finish()
        laneSignal.finish()
        for id in waiters.keys { wake(id) }
    }

    /// Looks at the file's dates now and then, since nobody tells when an editor saved it.
    private func watchFile() async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + settings.fileCheckInterval)
            // The lane owns the configuration: it looks, so that no edit is adopted while a change is being decided.
            if !Task.isCancelled, await runner.configurationWasTouched() { laneSignal.yield() }
        }
    }

    /// Runs a job that changes no configuration, from its examination to its end.
    private func runAlone(_ id: JobID) async {
        guard let job = live[id], job.pipeline.phase == .queued else { return }
        let (examined, action) = examine(job, against: configuration)
        live[id] = examined
        await carryOut(id, action)
    }

    /// Finds out what a job will do, and whether it may.
    func examine(_ job: LiveJob, against configuration: PublishedConfiguration) -> (LiveJob, Pipeline.Action) {
        var job = job
        var document = configuration.document
        let context = context(job.id, job.record.requester.principal, job.arguments, document)
        do throws(JobError) {
            switch job.definition.work {
            case .answer(let answer):
                let output = try answer(context)
                job.plan = Plan { (_) throws(JobError) in output }
            case .change(let change):
                let output = try change(context, &document)
                job.plan = Plan { (_) throws(JobError) in output }
            case .act(let act):
                let plan = try act(context, &document)
                if job.record.scheduling.isVolatile, !plan.suspensions.isEmpty {
                    throw JobError(.parameterInvalid, "The job acts on nodes: it cannot be volatile.")
                }
                job.plan = plan
            }
            job.edited = document
            let commands = (job.plan?.commands ?? []).map { CommandRecord($0) }
            let action = job.pipeline.handle(.accepted(base: configuration.revision, commands: commands), at: now)
            return (job, action)
        } catch {
            let action = job.pipeline.handle(.declined(error), at: now)
            return (job, action)
        }
    }

    /// Does what the pipeline asks for, each step after the one before is durable, until it asks for nothing more.
    func carryOut(_ id: JobID, _ first: Pipeline.Action) async {
        var action = first
        while action != .nothing, await keepDurable(id) {
            switch action {
            case .nothing, .stop: return
            case .run(let index): action = await run(index, of: id)
            case .undo(let index): action = await undo(index, of: id)
            case .conclude: action = await conclude(id)
            case .install: action = await distribute([id])
            case .end: return finish(id)
            }
        }
    }

    /// Feeds a live job's pipeline.
    func handle(_ event: Pipeline.Event, for id: JobID) -> Pipeline.Action {
        live[id]?.pipeline.handle(event, at: now) ?? .nothing
    }

    /// Makes a job's record durable; tries again while the store fails, since nothing may go on before.
    ///
    /// - Returns: `false` when the daemon stops instead; the job goes on from its last durable stage at the next start.
    private func keepDurable(_ id: JobID) async -> Bool {
        while let job = live[id] {
            let record = job.record
            if record == job.durable || record.scheduling.isVolatile {
                live[id]?.kept(record)
                return true
            }
            var write = StoreWrite(job: record)
            if job.pipeline.phase == .ended, record.outcome == .ok { write.suspensions = job.plan?.suspensions ?? [:] }
            do throws(StoreError) {
                try await store.apply(write)
                live[id]?.kept(record)
                return true
            } catch {
                logger.error("job could not be stored", metadata: ["job.id": "\(id)", "cause": "\(error)"])
            }
            if isDraining { return false }
            await time.sleep(until: time.monotonic + .seconds(1))
        }
        return false
    }

    private func run(_ index: Int, of id: JobID) async -> Pipeline.Action {
        guard let command = live[id]?.plan?.commands[index] else { return .nothing }
        let runner = runner
        // Owned by `running`, so that a cancel request reaches the command and not the job.
        let step = Task { await runner.run(command, job: id, step: index) }
        running[id] = step
        defer { running[id] = nil }
        let outcome = await withTaskCancellationHandler {
            await step.value
        } onCancel: {
            step.cancel()
        }
        // A daemon that stops does not end the job: it is taken up again, or taken back, at the next start.
        if case .cancelled = outcome, isDraining, live[id]?.record.cancellation == nil { return .nothing }
        return handle(.commandEnded(index, outcome), for: id)
    }

    private func undo(_ index: Int, of id: JobID) async -> Pipeline.Action {
        guard let command = live[id]?.record.commands[index].undoing else {
            return handle(.undone(index, .ok(.null)), for: id)
        }
        let outcome = await runner.run(command, job: id, step: index)
        return handle(.undone(index, outcome), for: id)
    }

    /// Settles the result, and the revision of a job that has one.
    private func conclude(_ id: JobID) async -> Pipeline.Action {
        guard let job = live[id], let plan = job.plan else { return .nothing }
        do throws(JobError) {
            let output = try plan.output(job.record.commands.map { $0.output ?? .null })
            guard job.pipeline.changesConfiguration else {
                return handle(.concluded(output: output, revision: nil), for: id)
            }
            _ = propose(id, after: configuration)
            return try await decide([(id, output)]).first ?? .nothing
        } catch {
            return handle(.concludingFailed(error), for: id)
        }
    }

    /// Ends a job: its locks go to those behind it, and whoever waits is told.
    func finish(_ id: JobID) {
        guard let job = live.removeValue(forKey: id) else { return }
        recent.withLock { $0.insert(job.record) }
        if let suspensions = job.plan?.suspensions, job.record.outcome == .ok { note(suspensions) }
        for follower in locks.release(id) { admit(follower) }
        wake(id)
        logger.notice(
            "job ended",
            metadata: [
                "job.id": "\(id)", "job.type": "\(job.record.type)",
                "outcome": "\(job.record.outcome?.rawValue ?? "")", "principal": "\(job.record.requester.name)",
            ])
    }
}
