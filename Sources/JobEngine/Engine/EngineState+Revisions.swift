/// The configuration changes: jobs are examined, revisions decided, and brought to the nodes.
extension EngineState {
    /// Begins the next turn of the line of changes, when the one before it is over.
    mutating func beginTurn(_ step: inout Step) {
        guard !isDraining, revisions.turn == .free else { return }
        let token = nextExamination()
        let batch = revisions.begin(token, atMost: limits.batch) { queue[$0]?.traits.isPureChange ?? true }
        if let batch { step.effects.append(.examine(batch, token: token, isChange: true)) }
    }

    /// Takes what came of an examination; an answer to an order that counts no more is nothing.
    mutating func examined(_ examination: Examination, _ step: inout Step) {
        guard case .examining(examination.token, let batch) = revisions.turn else {
            return examinedAlone(examination, &step)
        }
        revisions.pass(to: .free)
        guard isWhole(examination) else { return waitAgain(batch) }
        var decided: [Decision] = []
        for (id, verdict) in examination.verdicts where queue[id]?.isReady == true {
            switch verdict {
            case .refused(let error): advance(id, .declined(error), into: &step)
            case .undecided: waitAgain([id])
            case .accepted(let base, let commands, let changes):
                revisions.pass(to: .held(id))
                accept(id, examination.token, on: base, commands: commands, changes: changes, into: &step)
            case .settled(let base, let conclusion):
                take(id, examination.token, changes: conclusion.changes)
                decided.append(Decision(job: id, base: base, conclusion: conclusion))
            }
        }
        decide(decided, &step)
    }

    /// Whether each revision stands on the one before it: none of the jobs was taken out of the line meanwhile.
    private func isWhole(_ examination: Examination) -> Bool {
        var base = head.revision
        for (id, verdict) in examination.verdicts {
            guard case .settled(_, let conclusion) = verdict, let revision = conclusion.revision else { continue }
            guard queue[id]?.isReady == true, revision.record.number == base + 1 else { return false }
            base += 1
        }
        return true
    }

    /// Lets jobs that were to be examined stand in the line again.
    mutating func waitAgain(_ jobs: [JobID]) {
        for id in jobs {
            if let job = queue[id], job.isReady { revisions.insert(id, job.record.priority) }
        }
    }

    private mutating func examinedAlone(_ examination: Examination, _ step: inout Step) {
        for (id, verdict) in examination.verdicts {
            guard let job = queue[id], job.isReady, job.examination == examination.token else { continue }
            switch verdict {
            case .refused(let error): advance(id, .declined(error), into: &step)
            case .accepted(let base, let commands, let changes):
                accept(id, examination.token, on: base, commands: commands, changes: changes, into: &step)
            case .settled, .undecided: continue
            }
        }
    }

    private mutating func accept(
        _ id: JobID, _ token: Int, on base: Int, commands: [CommandRecord] = [], changes: StateChanges,
        into step: inout Step
    ) {
        take(id, token, changes: changes)
        advance(id, .accepted(base: base, commands: commands), into: &step)
    }

    /// Takes a job out of the line, with what it was found to do.
    private mutating func take(_ id: JobID, _ token: Int, changes: StateChanges) {
        revisions.remove(id)
        _ = queue.update(id) { job in
            job.changes = changes
            job.examination = token
        }
    }

    /// Ends the jobs of an examination whose decision the log did not take, each for that reason.
    mutating func fail(_ examination: Examination, _ error: JobError, into step: inout Step) {
        guard case .examining(examination.token, _) = revisions.turn else { return }
        revisions.pass(to: .free)
        for (id, verdict) in examination.verdicts where queue[id]?.isReady == true {
            switch verdict {
            case .settled(let base, _):
                advance(id, .accepted(base: base, commands: []), .concludingFailed(error), into: &step)
            case .refused, .accepted, .undecided: waitAgain([id])
            }
        }
    }

    /// Settles result and revision of a job whose commands ended well.
    mutating func conclude(_ id: JobID, _ result: Result<Conclusion, JobError>, into step: inout Step) {
        guard queue[id]?.pipeline.phase == .concluding else { return }
        switch result {
        case .failure(let error): advance(id, .concludingFailed(error), into: &step)
        case .success(let conclusion): decide([Decision(job: id, base: nil, conclusion: conclusion)], &step)
        }
    }

    /// What a job comes to.
    private struct Decision {
        let job: JobID
        /// What it was examined on when it begins with that; `nil` for one whose commands ran.
        let base: Int?
        let conclusion: Conclusion
    }

    /// Decides what jobs come to; after the append the last of the revisions is the truth.
    private mutating func decide(_ decisions: [Decision], _ step: inout Step) {
        var decided: [SettledRevision] = []
        for decision in decisions {
            let conclusion = decision.conclusion
            // The revision before the end of its job: whoever hears of that end can read it.
            if let revision = conclusion.revision {
                take(revision, &step)
                step.records += conclusion.files.map { .file($0, revision: revision.record.number) }
                decided.append(revision)
            }
            let end = Pipeline.Event.concluded(
                output: conclusion.output, revision: conclusion.revision?.record.number)
            if let base = decision.base {
                advance(decision.job, .accepted(base: base, commands: []), end, into: &step)
            } else {
                advance(decision.job, end, into: &step)
            }
        }
        publish(decided, &step)
    }

    private mutating func take(_ revision: SettledRevision, _ step: inout Step) {
        step.records.append(.revision(revision.record))
        // Whoever decides takes part, whatever an edit by hand says.
        for node in revision.departed where node != limits.node {
            step.records.append(.departure(node: node, at: revision.record.at, by: revision.record.job))
        }
        if !revision.users.endedLogins.isEmpty { step.records.append(.loginsEnded(revision.users.endedLogins)) }
        head = head.following(revision.document, revision.record)
    }

    /// Puts decided revisions in force, and sends the last of them to the disk of this node.
    private mutating func publish(_ decided: [SettledRevision], _ step: inout Step) {
        guard let last = decided.last else { return }
        revisions.pass(to: .installing(last.record.number, by: last.record.job))
        step.effects.append(.published(head))
        step.effects.append(
            .told(decided.map { .revision($0.record.number, job: $0.record.job, user: $0.record.user) }))
        step.effects.append(.install)
        dismissJobs(of: decided.reduce(into: []) { $0.formUnion($1.users.removed) }, &step)
    }

    /// Declines what users left behind who are gone: whoever has the name next is somebody else, even with the same id.
    private mutating func dismissJobs(of users: Set<String>, _ step: inout Step) {
        if users.isEmpty { return }
        for job in queue.jobs.values.sorted(by: { $0.id < $1.id })
        where job.isQueued && users.contains(job.record.requester.name) {
            advance(job.id, .declined(.requesterGone(job.record.requester.name)), into: &step)
        }
    }

    // MARK: The file

    /// Takes what the file of this node means.
    mutating func follow(_ finding: FileFinding, token: Int?, _ step: inout Step) {
        switch (revisions.turn, token) {
        case (.examining(let order, let batch), let token?) where order == token:
            revisions.pass(to: .free)
            waitAgain(batch)
        case (.free, nil): break
        default: return
        }
        switch finding {
        case .same: settle(obstacle: nil, &step)
        case .behind:
            settle(obstacle: nil, &step)
            reinstall(&step)
        case .adopted(let revision):
            take(revision, &step)
            publish([revision], &step)
        case .refused(let error): settle(obstacle: error, &step)
        }
    }

    private mutating func settle(obstacle: JobError?, _ step: inout Step) {
        guard head.obstacle != obstacle else { return }
        head.obstacle = obstacle
        step.effects.append(.published(head))
    }

    /// Writes the head to the disk of this node again.
    mutating func reinstall(_ step: inout Step) {
        guard revisions.turn == .free else { return }
        let author = head.record.job.flatMap { queue[$0] == nil ? nil : $0 }
        revisions.pass(to: .installing(head.revision, by: author))
        step.effects.append(.install)
    }

    // MARK: Acknowledgements

    /// Takes that a revision is on this node, and how the others stand to it: the next change may be decided.
    mutating func installed(_ revision: Int, _ nodes: [Acknowledgement], into step: inout Step) {
        if case .installing(revision, by: _) = revisions.turn { revisions.pass(to: .free) }
        acknowledgements.install(revision, nodes)
        step.records.append(.acknowledgements(acknowledgements.list(for: revision), revision: revision))
        settleAcknowledgements(&step)
    }

    /// Ends the jobs whose revision is on every node that is waited for; the others say whom they wait for.
    mutating func settleAcknowledgements(_ step: inout Step) {
        let waiting = queue.jobs.values.filter { $0.pipeline.phase == .distributing }.sorted { $0.id < $1.id }
        for job in waiting {
            guard let revision = job.record.revision, isOnThisNode(revision) else { continue }
            let nodes = acknowledgements.list(for: revision)
            let isComplete = !nodes.contains { $0.state == .missing }
            if nodes == job.record.acknowledgements, !isComplete { continue }
            step.records.append(.acknowledgements(nodes, revision: revision))
            advance(job.id, .acknowledged(nodes, complete: isComplete), into: &step)
            // Its revision is the truth: nobody has to wait for what it holds.
            var moves: [JobQueue.Move] = []
            if !isComplete { queue.withdraw(job.id, &moves) }
            follow(moves, &step)
        }
    }

    private func isOnThisNode(_ revision: Int) -> Bool {
        acknowledgements.list(for: revision).contains { $0.node == limits.node && $0.state == .acknowledged }
    }
}
