import Values

/// Jobs come, are changed, and go.
extension EngineState {
    mutating func submit(_ submissions: [Submission], isBatch: Bool, _ step: inout Step) {
        if let refusal = refusal(of: submissions) { return step.effects.append(.answer(.refused(refusal))) }
        var records = submissions.map(\.record)
        for index in records.indices {
            records[index].id = JobID(node: limits.node, number: number(for: records[index], &step))
        }
        if isBatch, let first = records.first?.id {
            records[0].batch = records.map(\.id)
            for index in records.indices.dropFirst() { records[index].batchOf = first }
        }
        for (record, submission) in zip(records, submissions) {
            step.keep(record, digest: submission.digest)
            let pipeline = Pipeline(queued: record, changesConfiguration: submission.traits.changesConfiguration)
            if record.isDone {
                step.effects.append(.ended(record, record.stages(since: nil) + record.end))
            } else {
                step.effects.append(.changed(pipeline, record.stages(since: nil)))
                enter(OpenJob(pipeline, submission.traits), &step)
            }
        }
        step.effects.append(.answer(.jobs(records.map { queue[$0.id]?.record ?? $0 })))
    }

    private mutating func number(for record: JobRecord, _ step: inout Step) -> Int {
        record.scheduling.isVolatile ? untracedNumber(&step) : numbers.take()
    }

    /// A number nothing in the log says was given out.
    mutating func untracedNumber(_ step: inout Step) -> Int {
        let (number, reservation) = numbers.takeUntraced()
        if let reservation { step.records.append(.numbers(through: reservation)) }
        return number
    }

    /// Why jobs are not taken: there is no room for them, or a rule keeps them out. No rule speaks of looks.
    private func refusal(of submissions: [Submission]) -> JobError? {
        if isDraining { return .stopping }
        let coming = submissions.filter { !$0.record.isDone }
        if queue.jobs.count + coming.count > limits.queue {
            for looks in [false, true] {
                let (open, more) = (queue.count(ofLooks: looks), coming.count { $0.traits.isLook == looks })
                if more > 0, open + more > limits.queue {
                    return JobError(.queueFull, "There are \(open) jobs that have not ended. Try again later.")
                }
            }
        }
        for submission in submissions where !submission.traits.isLook {
            guard let rule = queue.rejection(of: submission.record) else { continue }
            let reason = rule.reason.map { ": \($0)" } ?? ""
            return JobError(
                .draining, "Rule \(rule.id) of \(rule.owner) takes no such jobs now\(reason).",
                details: ["rule_id": .string(rule.id)])
        }
        return nil
    }

    /// Takes up a job of an earlier term: it goes on where it stood, begins anew, or is taken back.
    mutating func resume(_ resumed: ResumedJob, _ step: inout Step) {
        let (pipeline, action) =
            if let known = resumed.pipeline {
                (known, known.action)
            } else {
                Pipeline.resuming(
                    resumed.record, changesConfiguration: resumed.traits.changesConfiguration,
                    recovery: resumed.traits.recovery, at: step.now.wall)
            }
        let job = OpenJob(pipeline, resumed.traits)
        if job.isQueued { return enter(job, &step) }
        // What runs keeps its locks and counts for limits: jobs that wait let go of them, and stand behind it.
        if !queue.resume(job) { reconsider(&step) { _ in } }
        if let deadline = job.record.deadline { set(.timeout(job.id), at: deadline, from: step.now) }
        switch pipeline.phase {
        case .commanding, .concluding:
            guard job.traits.changesConfiguration else { break }
            // One that was taken up before it may have been given the turn.
            if case .examining(_, let batch) = revisions.turn { waitAgain(batch) }
            revisions.pass(to: .held(job.id))
        default: break
        }
        if job.record != resumed.record {
            step.keep(job.record)
            step.effects.append(.changed(pipeline, job.record.stages(since: resumed.record)))
        }
        carryOut(action, of: job.id, &step)
        if pipeline.phase == .distributing { reinstall(&step) }
    }

    mutating func cancel(_ id: JobID, reason: String?, grace: Duration?, _ step: inout Step) {
        switch queue[id]?.pipeline.phase {
        case .queued, .commanding:
            if advance(id, .cancelRequested(reason: reason), into: &step) {
                if queue[id]?.record.commands.first?.isWait == true {
                    stop(id, &step)
                } else if let grace {
                    deadlines.set(.force(id), step.now.monotonic + grace)
                }
            }
            step.effects.append(.answer(.jobs([])))
        case nil:
            step.effects.append(
                .answer(.refused(JobError(.jobNotCancellable, "Job \(id) has ended already."))))
        default:
            step.effects.append(
                .answer(
                    .refused(
                        JobError(.jobNotCancellable, "Job \(id) cannot be stopped any more: it is about to end."))))
        }
    }

    mutating func amend(_ id: JobID, _ amendment: JobAmendment, into step: inout Step) {
        guard queue[id]?.isQueued == true else {
            let text = "Job \(id) has begun, or has ended: it can be changed only while it waits."
            return step.effects.append(.answer(.refused(JobError(.jobNotQueued, text))))
        }
        var moves: [JobQueue.Move] = []
        revisions.remove(id)
        queue.withdraw(id, &moves)
        _ = queue.update(id) { $0.pipeline.amend(amendment) }
        if let job = queue[id] {
            arm(job.record, step.now)
            step.keep(job.record)
            step.effects.append(.changed(job.pipeline, []))
        }
        queue.place(id, &moves)
        follow(moves, &step)
        step.effects.append(.answer(.jobs(queue[id].map { [$0.record] } ?? [])))
    }

    /// Sees to it that a job ends when the time it was given is over.
    private mutating func arm(_ record: JobRecord, _ now: Moment) {
        if let deadline = record.deadline {
            set(.timeout(record.id), at: deadline, from: now)
        } else {
            deadlines.remove(.timeout(record.id))
        }
    }

    /// Takes in a job that waits.
    private mutating func enter(_ job: OpenJob, _ step: inout Step) {
        arm(job.record, step.now)
        var moves: [JobQueue.Move] = []
        for dependency in queue.enter(job, &moves) { step.effects.append(.lookUp(dependency, of: job.id)) }
        follow(moves, &step)
    }

    // MARK: What commands say

    /// Notes how far a command is, and tells it once a second at most: a program that says much must not push out what
    /// else happened.
    mutating func report(_ progress: CommandProgress, of id: JobID, step index: Int, _ step: inout Step) {
        guard queue.update(id, { $0.pipeline.report(progress, of: index) }) == true, let job = queue[id] else { return }
        var facts: [Event.Fact] = []
        if let told = job.record.progress,
            job.toldProgress.map({ step.now.monotonic - $0 >= .seconds(1) }) ?? true
        {
            _ = queue.update(id) { $0.toldProgress = step.now.monotonic }
            facts = [.progress(.init(job.record), told)]
        }
        step.effects.append(.shown(job.record, facts))
    }

    /// Notes what a command waits for.
    mutating func awaits(_ obstacles: [JobRecord.Obstacle], of id: JobID, step index: Int, _ step: inout Step) {
        let now = step.now.wall
        guard queue.update(id, { $0.pipeline.hold(obstacles, since: now, by: index) }) == true, let job = queue[id]
        else { return }
        step.effects.append(
            .shown(job.record, obstacles.isEmpty ? [] : [.waiting(.init(job.record), obstacles)]))
    }

    mutating func take(_ log: CommandLog, isUndo: Bool, of id: JobID, step index: Int, _ step: inout Step) {
        guard queue.update(id, { $0.pipeline.take(log, isUndo: isUndo, of: index) }) == true, let job = queue[id]
        else { return }
        step.effects.append(.shown(job.record, []))
    }
}

extension JobError {
    /// No more jobs are taken.
    static let stopping = JobError(
        .shuttingDown, "The daemon is stopping; send the request again when it is back.")
}
