import Values

/// Jobs run, and end.
extension EngineState {
    /// Feeds a job's pipeline, and does what it asks for in the end: what happens at once is one change.
    ///
    /// - Returns: Whether it asks that the running commands stop.
    @discardableResult
    mutating func advance(_ id: JobID, _ events: Pipeline.Event..., into step: inout Step) -> Bool {
        let now = step.now.wall
        guard let before = queue[id]?.record else { return false }
        var action = Pipeline.Action.nothing
        _ = queue.update(id) { job in
            for event in events { action = job.pipeline.handle(event, at: now) }
        }
        guard let job = queue[id] else { return false }
        if job.record != before { keep(job, since: before, &step) }
        carryOut(action, of: id, &step)
        if case .stop = action { return true }
        return false
    }

    /// Records a job that is not what it was.
    func keep(_ job: OpenJob, since before: JobRecord, _ step: inout Step) {
        step.keep(job.record)
        let progress = job.record.progress == before.progress ? nil : job.record.progress
        step.effects.append(
            .changed(
                job.pipeline,
                job.record.stages(since: before) + (progress.map { [.progress(.init(job.record), $0)] } ?? [])))
    }

    /// Does what a job's pipeline asks for.
    mutating func carryOut(_ action: Pipeline.Action, of id: JobID, _ step: inout Step) {
        guard let job = queue[id] else { return }
        switch action {
        // A revision is sent on its way once by whoever decides it, and by a term that finds it under way.
        case .nothing, .stop, .install: break
        case .halt: step.effects.append(.stop(id))
        case .run(let indices):
            for index in indices {
                if job.isStopped || job.record.cancellation == .requested {
                    advance(id, .commandEnded(index, .cancelled), into: &step)
                } else {
                    step.effects.append(.run(id, step: index))
                }
            }
        case .undo(let index):
            if job.record.commands[index].undo == nil {
                advance(id, .undone(index, .ok(.null)), into: &step)
            } else if keptUndos.first(of: job.record.commands[index].node) != nil {
                // Behind what is owed to the node already.
                postpone(id, step: index, into: &step)
            } else {
                step.effects.append(.undo(id, step: index))
            }
        case .conclude: step.effects.append(.conclude(id))
        case .end: finish(id, &step)
        }
    }

    mutating func commandEnded(_ id: JobID, step index: Int, _ outcome: CommandOutcome, into step: inout Step) {
        // A daemon that stops does not end the job: it is taken up again, or taken back, at the next start.
        if case .cancelled = outcome, isDraining, queue[id]?.record.cancellation == nil { return }
        advance(id, .commandEnded(index, outcome), into: &step)
    }

    /// Ends the commands of a job that run, and lets no other one begin.
    mutating func stop(_ id: JobID, _ step: inout Step) {
        guard queue.update(id, { $0.isStopped = true }) != nil else { return }
        step.effects.append(.stop(id))
    }

    /// Ends a job: its locks go to those behind it, and whoever waits is told.
    mutating func finish(_ id: JobID, _ step: inout Step) {
        guard let job = queue[id] else { return }
        deadlines.remove(.timeout(id))
        deadlines.remove(.force(id))
        deadlines.remove(.dependencies(id))
        var moves: [JobQueue.Move] = []
        let dependents = queue.leave(id, &moves)
        // Before the end is told: whoever hears of it finds the nodes suspended.
        if job.record.outcome == .ok {
            suspend(job.changes.suspensions, &step)
            if let change = job.changes.maintenance { maintain(change, by: job.record.requester.name, &step) }
        }
        step.effects.append(.ended(job.record, job.record.end))
        revisions.leave(id)
        follow(moves, &step)
        for dependent in dependents { settle(id, job.record.outcome, of: dependent, into: &step) }
    }

    /// Suspends and resumes nodes, as a job that ended well says.
    private mutating func suspend(_ suspensions: [Int: Bool], _ step: inout Step) {
        guard !suspensions.isEmpty else { return }
        for (node, isSuspended) in suspensions.sorted(by: { $0.key < $1.key }) {
            step.records.append(.suspension(node: node, isSuspended: isSuspended))
            if isSuspended { head.suspendedNodes.insert(node) } else { head.suspendedNodes.remove(node) }
            acknowledgements.suspend(node, isSuspended)
        }
        step.effects.append(.published(head))
        step.effects.append(
            .told(suspensions.sorted { $0.key < $1.key }.map { .node($0.key, isSuspended: $0.value) }))
        settleAcknowledgements(&step)
    }
}
