/// Where a job stands until it begins: held back by other jobs or by a rule, in line for its locks, or on its way.
extension JobScheduler {
    /// Takes in a job that is durable, and gives it its place.
    func enter(_ job: LiveJob) -> JobRecord {
        live[job.id] = job
        arm(job.record)
        awaitDependencies(of: job.id)
        place(job.id)
        return live[job.id]?.record ?? job.record
    }

    /// Gives a queued job its place.
    func place(_ id: JobID) {
        guard let job = live[id], job.isQueued, job.amendments == 0 else { return }
        live[id]?.place = .held
        if job.missing.isEmpty, job.definition.isLook {
            live[id]?.place = .inLine
            return admit(id)
        }
        if job.missing.isEmpty {
            switch rules.verdict(on: job.record) {
            case .held(let rule): rules.hold(id, job.record.priority, by: rule)
            case .free(let limits):
                rules.count(id, for: limits)
                live[id]?.place = .inLine
                let wanted = job.definition.locks(job.arguments)
                if locks.request(id, wanted, job.record.priority) { return admit(id) }
            }
        }
        note(obstacles(before: id), before: id)
    }

    /// Lets a job go on that holds its locks.
    func admit(_ id: JobID) {
        guard let job = live[id], job.isQueued, job.place == .inLine else { return }
        live[id]?.place = .admitted
        if job.pipeline.changesConfiguration {
            lane.insert(id, job.record.priority)
            laneSignal.yield()
        } else {
            signal.yield(.start(id))
        }
        note(obstacles(before: id), before: id)
    }

    /// Takes a job from its place, held or not; those go on who waited for what it leaves.
    func withdraw(_ id: JobID) {
        live[id]?.place = .nowhere
        lane.remove(id)
        let limits = rules.release(id)
        for follower in locks.release(id) { admit(follower) }
        for limit in limits {
            while let next = rules.next(behind: limit) { place(next) }
        }
    }

    /// Clears up behind a job that has ended.
    func leave(_ job: LiveJob) {
        deadlines.remove(.timeout(job.id))
        deadlines.remove(.force(job.id))
        rearm()
        withdraw(job.id)
        for dependency in job.missing { dependents[dependency]?.remove(job.id) }
        for dependent in (dependents.removeValue(forKey: job.id) ?? []).sorted() {
            settle(job.id, job.record.outcome, for: dependent)
        }
    }

    /// Gives every queued job its place anew: the rules are others now.
    func reconsider() {
        let queued = live.values.filter(\.isQueued).map(\.id).sorted()
        for id in queued {
            live[id]?.place = .nowhere
            lane.remove(id)
            _ = locks.release(id)
        }
        rules.reset()
        for job in live.values where !job.isQueued && !job.definition.isLook { rules.count(begun: job.record) }
        for id in queued { place(id) }
    }

    /// What a queued job waits for at this moment.
    func obstacles(before id: JobID) -> [JobRecord.Obstacle] {
        guard let job = live[id], job.isQueued else { return [] }
        switch job.place {
        case .nowhere: return job.record.waitingFor
        case .held:
            let missing = job.missing.sorted().map {
                JobRecord.Obstacle(kind: "dependency", name: $0.description, holder: $0)
            }
            guard missing.isEmpty, case .held(let rule) = rules.verdict(on: job.record) else { return missing }
            return [JobRecord.Obstacle(kind: "drain", name: rules[rule]?.id ?? "r\(rule)")]
        case .inLine: return locks.obstacles(of: id)
        case .admitted: return job.pipeline.changesConfiguration ? laneObstacles(before: id) : []
        }
    }

    private func laneObstacles(before id: JobID) -> [JobRecord.Obstacle] {
        let first = lane.first
        guard let holder = laneHolder ?? first, holder != id else { return [] }
        let held = [JobRecord.Obstacle(kind: "lock", name: "conf", holder: holder)]
        guard let first, first != id, let mine = lane.priority(of: id), lane.priority(of: first) != mine else {
            return held
        }
        return held + [JobRecord.Obstacle(kind: "priority", name: "conf", holder: first)]
    }

    /// Brings up to date what a queued job is said to wait for.
    func refresh(_ id: JobID) {
        let found = obstacles(before: id)
        if let record = live[id]?.record, found != record.waitingFor { live[id]?.wait(for: found, since: now) }
    }

    /// The jobs of a list, with what the open ones wait for at this moment.
    func presented(_ stored: [JobRecord]) -> [JobRecord] {
        stored.map { record in
            guard !record.isDone, live[record.id] != nil else { return record }
            refresh(record.id)
            return live[record.id]?.durable ?? record
        }
    }
}
