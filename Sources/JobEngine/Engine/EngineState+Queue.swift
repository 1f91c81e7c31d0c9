import Values

/// Jobs wait, and begin.
extension EngineState {
    /// Does what the queue says became of jobs.
    mutating func follow(_ moves: [JobQueue.Move], _ step: inout Step) {
        for move in moves {
            switch move {
            case .admitted(let id):
                guard let job = queue[id], job.isReady else { continue }
                if job.traits.changesConfiguration {
                    revisions.insert(id, job.record.priority)
                    tellObstacles(before: id, &step)
                } else {
                    tellObstacles(before: id, &step)
                    examine(id, &step)
                }
            case .waits(let id): tellObstacles(before: id, &step)
            }
        }
    }

    private mutating func examine(_ id: JobID, _ step: inout Step) {
        guard !isDraining else { return }
        let token = nextExamination()
        _ = queue.update(id) { $0.examination = token }
        step.effects.append(.examine([id], token: token, isChange: false))
    }

    /// The number of an order to examine jobs.
    mutating func nextExamination() -> Int {
        examinations += 1
        return examinations
    }

    /// What a queued job waits for at this moment.
    func obstacles(before id: JobID) -> [JobRecord.Obstacle] {
        guard let job = queue[id] else { return [] }
        if job.isReady, job.traits.changesConfiguration { return revisions.obstacles(before: id) }
        return queue.obstacles(before: id)
    }

    /// A job with what it waits for at this moment, if that is another thing than before.
    ///
    /// - Returns: `nil` when it waits for the same as it was told last.
    mutating func refresh(_ id: JobID, at now: Timestamp) -> JobRecord? {
        let found = obstacles(before: id)
        guard let job = queue[id], job.isQueued, found != job.record.waitingFor else { return nil }
        return queue.update(id) { job in
            job.pipeline.wait(for: found, since: now)
            return job.record
        }
    }

    private mutating func tellObstacles(before id: JobID, _ step: inout Step) {
        let (found, now) = (obstacles(before: id), step.now.wall)
        guard let earlier = queue[id]?.record.waitingFor, found != earlier else { return }
        _ = queue.update(id) { $0.pipeline.wait(for: found, since: now) }
        guard let record = queue[id]?.record else { return }
        let facts: [Event.Fact] = found.isEmpty ? [] : [.waiting(.init(record), found)]
        step.effects.append(.shown(record, facts))
    }

    // MARK: Rules

    mutating func add(_ rule: QueueRule, _ step: inout Step) {
        var rule = rule
        rule.number = untracedNumber(&step)
        let added = rule
        step.records.append(.rule(added))
        enforce(added, &step)
        step.effects.append(.told([.queueRules(user: added.user)]))
        step.effects.append(.answer(.rule(added)))
    }

    /// Puts a rule in force that is in the log.
    mutating func enforce(_ rule: QueueRule, _ step: inout Step) {
        if let end = rule.expiresAt { set(.rule(rule.number), at: end, from: step.now) }
        if Maintenance(rule) != nil || rule.isAboutFindings {
            head.add(rule)
            step.effects.append(.published(head))
        }
        reconsider(&step) { $0.insert(rule) }
    }

    /// - Parameter user: Who takes it away; `nil` for one that ends by itself.
    mutating func removeRule(_ number: Int, by user: String?, _ step: inout Step) {
        guard let rule = queue.allRules.first(where: { $0.number == number }) else {
            return step.effects.append(
                .answer(.refused(JobError(.ruleNotFound, "There is no rule r\(number)."))))
        }
        drop(number, &step)
        step.effects.append(.told([.queueRules(user: user ?? rule.user)]))
        if user != nil { step.effects.append(.answer(.rule(rule))) }
    }

    private mutating func drop(_ number: Int, _ step: inout Step) {
        deadlines.remove(.rule(number))
        step.records.append(.ruleRemoved(number))
        if head.removeRule(number) { step.effects.append(.published(head)) }
        reconsider(&step) { $0.remove(number) }
    }

    /// Begins or ends maintenance, as a job that ended well says; what was said of the same before counts no more.
    mutating func maintain(_ change: MaintenanceChange, by user: String, _ step: inout Step) {
        for rule in queue.allRules where rule.action == .maintenance(change.subject) { drop(rule.number, &step) }
        if case .begin(let subject, let until, let reason) = change {
            var rule = QueueRule(
                number: untracedNumber(&step), action: .maintenance(subject), user: user, at: step.now.wall)
            (rule.reason, rule.expiresAt) = (reason, until)
            step.records.append(.rule(rule))
            enforce(rule, &step)
        }
        step.effects.append(.told([.queueRules(user: user)]))
    }

    /// Gives every queued job its place anew.
    mutating func reconsider(_ step: inout Step, _ change: (inout QueueRules) -> Void) {
        for job in queue.jobs.values where job.isQueued { revisions.remove(job.id) }
        var moves: [JobQueue.Move] = []
        queue.change(rules: change, &moves)
        follow(moves, &step)
    }

    // MARK: Dependencies

    /// Takes how a job ended that another one depends on; `nil` when nobody knows any more.
    mutating func settle(_ dependency: JobID, _ outcome: Outcome?, of id: JobID, into step: inout Step) {
        guard let job = queue[id], job.isQueued, job.missing.contains(dependency) else { return }
        var moves: [JobQueue.Move] = []
        if outcome == .ok {
            _ = queue.satisfy(dependency, of: id, &moves)
            return follow(moves, &step)
        }
        let end = outcome.map { "ended with outcome \($0.rawValue)" } ?? "is no longer known"
        var details: [String: Value] = ["dependency": .string(dependency.description)]
        details["dependency_outcome"] = outcome.map { .string($0.rawValue) }
        let error = JobError(
            .dependencyFailed, "Job \(dependency), which has to end well before this one begins, \(end).",
            details: details)
        advance(id, .declined(error), into: &step)
    }
}
