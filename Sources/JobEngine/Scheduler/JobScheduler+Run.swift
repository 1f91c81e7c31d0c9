import Access
import EXAConf
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
            watch.addTask { await self.events.keepCalling() }
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
                case .settle(let id): group.addTask { await self.settleDependencies(of: id) }
                case .report(let id, let step, let told): note(told, of: step, of: id)
                case .log(let id, let step, let log): note(log, of: step, of: id)
                case .endRule(let number): group.addTask { await self.endRule(number) }
                }
            }
        }
    }

    /// Takes no more jobs and lets ``run()`` end; queued jobs stay in the store and go on at the next start.
    package func drain() {
        isDraining = true
        rearm()
        signal.finish()
        laneSignal.finish()
        events.close()
        for id in Set(waiters.keys).union(followers.keys) { wake(id) }
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
        guard let job = live[id], job.isReady else { return }
        if let conflict = await conflict(of: job, with: configuration) {
            return await carryOut(id, handle(.declined(conflict), for: id))
        }
        // The look at older revisions takes a moment, in which it may have been cancelled.
        guard live[id]?.isReady == true else { return }
        let (examined, action) = examine(job, against: configuration)
        live[id] = examined
        await carryOut(id, action)
    }

    /// Finds out what a job will do, and whether it may.
    func examine(_ job: LiveJob, against configuration: PublishedConfiguration) -> (LiveJob, Pipeline.Action) {
        do throws(JobError) {
            var examined = try planned(job, on: configuration.document)
            let commands = (examined.plan?.commands ?? []).map { CommandRecord($0) }
            let action = examined.pipeline.handle(.accepted(base: configuration.revision, commands: commands), at: now)
            return (examined, action)
        } catch {
            var refused = job
            let action = refused.pipeline.handle(.declined(error), at: now)
            return (refused, action)
        }
    }

    /// The job with its plan, and with the configuration that leaves.
    func planned(_ job: LiveJob, on configuration: Document) throws(JobError) -> LiveJob {
        var job = job
        var document = configuration
        var context = context(job.id, job.record.requester.principal, job.arguments, document)
        context.earlier = job.earlier
        context.address = job.record.request.address
        switch job.definition.work {
        case .answer(let answer):
            let output = try answer(context)
            job.plan = Plan { (_) throws(JobError) in output }
        case .look(let look):
            job.plan = try look(context)
        case .change(let change):
            let output = try change(context, &document)
            job.plan = Plan { (_) throws(JobError) in output }
        case .act(let act):
            job.plan = try act(context, &document)
        }
        let guardian = ChangeGuard(definition: job.definition, policy: settings.policy, catalogue: catalogue)
        try guardian.check(from: configuration, to: document, by: job.record.requester.principal)
        job.edited = document
        return job
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
    func keepDurable(_ id: JobID) async -> Bool {
        while let job = live[id] {
            let record = job.record
            if record == job.durable || record.scheduling.isVolatile {
                keep(record)
                return true
            }
            var write = StoreWrite(job: record)
            if job.pipeline.phase == .ended, record.outcome == .ok { write.suspensions = job.plan?.suspensions ?? [:] }
            do throws(StoreError) {
                try await store.apply(write)
                keep(record)
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
        guard let job = live[id], let command = job.plan?.commands[index] else { return .nothing }
        if job.isStopped || job.record.cancellation == .requested {
            return handle(.commandEnded(index, .cancelled), for: id)
        }
        let runner = runner
        let log = RunningLog(of: command)
        let report = reporting(of: index, of: id, to: log)
        // Owned by `running`, so that a cancel request reaches the command and not the job.
        let step = Task { await runner.run(command, job: id, step: index, report: report) }
        running[id] = step
        defer { running[id] = nil }
        var outcome = await withTaskCancellationHandler {
            await step.value
        } onCancel: {
            step.cancel()
        }
        if case .timedOut = outcome, let answer = command.answerIfSilent { outcome = .ok(answer) }
        note(log, of: index, of: id)
        // A daemon that stops does not end the job: it is taken up again, or taken back, at the next start.
        if case .cancelled = outcome, isDraining, live[id]?.record.cancellation == nil { return .nothing }
        return handle(.commandEnded(index, keepingSecrets(of: outcome, at: index, of: id)), for: id)
    }

    /// What may be kept of a command's answer; passwords in it stay with the live job, for its result.
    private func keepingSecrets(of outcome: CommandOutcome, at index: Int, of id: JobID) -> CommandOutcome {
        guard case .ok(let answer) = outcome, let secrets = live[id]?.definition.secretResults else { return outcome }
        let kept = answer.redacting(members: secrets)
        if kept != answer { live[id]?.answers[index] = answer }
        return .ok(kept)
    }

    private func undo(_ index: Int, of id: JobID) async -> Pipeline.Action {
        guard let command = live[id]?.record.commands[index].undoing else {
            return handle(.undone(index, .ok(.null)), for: id)
        }
        let log = RunningLog(of: command, isUndo: true)
        let outcome = await runner.run(
            command, job: id, step: index, report: reporting(of: index, of: id, to: log))
        note(log, of: index, of: id)
        return handle(.undone(index, outcome), for: id)
    }

    /// Takes what a command says of itself.
    private func reporting(
        of index: Int, of id: JobID, to log: RunningLog
    ) -> @Sendable (CommandReport) -> Void {
        let (signal, time) = (signal, time)
        return { told in
            switch told {
            case .progress(let progress): signal.yield(.report(id, index, progress))
            case .line(let text):
                let now = Timestamp(milliseconds: Int(time.now))
                if log.append(text, at: now) { signal.yield(.log(id, index, log)) }
            }
        }
    }

    /// Settles the result, and the revision of a job that has one.
    private func conclude(_ id: JobID) async -> Pipeline.Action {
        guard let job = live[id], let plan = job.plan else { return .nothing }
        do throws(JobError) {
            let answers = job.record.commands.enumerated().map { job.answers[$0] ?? $1.output ?? .null }
            let output = try plan.output(answers)
            guard job.pipeline.changesConfiguration else {
                let kept = keepingSecrets(of: output, revision: nil, of: id)
                return handle(.concluded(output: kept, revision: nil), for: id)
            }
            _ = propose(id, after: configuration)
            return try await decide([(id, output)]).first ?? .nothing
        } catch {
            return handle(.concludingFailed(error), for: id)
        }
    }

    /// What may be kept of a job's output; passwords in it stay with the live job, for whoever asked.
    func keepingSecrets(of output: Value?, revision: Int?, of id: JobID) -> Value? {
        guard let secrets = live[id]?.definition.secretResults, !secrets.isEmpty else { return output }
        let kept = output?.redacting(members: secrets)
        if kept != output { live[id]?.told = .success(output, revision: revision) }
        return kept
    }

    /// Ends a job: its locks go to those behind it, and whoever waits is told.
    func finish(_ id: JobID) {
        guard let job = live.removeValue(forKey: id) else { return }
        tell(job.record.end, of: job.record)
        recent.withLock { $0.insert(job.record, told: job.told) }
        if let suspensions = job.plan?.suspensions, job.record.outcome == .ok { note(suspensions) }
        leave(job)
        wake(id)
        logger.notice(
            "job ended",
            metadata: [
                "job.id": "\(id)", "job.type": "\(job.record.type)",
                "outcome": "\(job.record.outcome?.rawValue ?? "")", "principal": "\(job.record.requester.name)",
            ])
    }
}
