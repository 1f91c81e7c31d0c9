import Values

/// The jobs that have not ended, and when each may begin: dependencies, rules and locks, in that order.
struct JobQueue: Sendable {
    /// What became of a job that waits.
    enum Move: Sendable, Hashable {
        /// It may begin: nothing holds it but, for a change, the line of changes.
        case admitted(JobID)
        /// It waits, perhaps for something else than before.
        case waits(JobID)
    }

    private(set) var jobs: [JobID: OpenJob] = [:]
    private var locks = LockTable()
    private var rules = QueueRules()
    /// The jobs that depend on one that has not ended.
    private var dependents: [JobID: Set<JobID>] = [:]

    subscript(id: JobID) -> OpenJob? { jobs[id] }

    /// The rules in force, in the order they are looked at.
    var allRules: [QueueRule] { rules.all }

    /// How many jobs are open, without looks or only these.
    func count(ofLooks looks: Bool) -> Int { jobs.values.count { $0.traits.isLook == looks } }

    /// The rule that keeps a new job out, if there is one.
    func rejection(of job: JobRecord) -> QueueRule? { rules.rejection(of: job) }

    /// Changes what is known of a job, not where it stands.
    mutating func update<Result>(_ id: JobID, _ change: (inout OpenJob) -> Result) -> Result? {
        guard var job = jobs.removeValue(forKey: id) else { return nil }
        defer { jobs[id] = job }
        return change(&job)
    }

    /// Takes in a job that has begun in an earlier term.
    ///
    /// - Returns: Whether it has its locks and its room in each limit: not so when one that begins anew was taken up before it
    ///   and has them.
    mutating func resume(_ job: OpenJob) -> Bool {
        jobs[job.id] = job
        if job.traits.isLook { return true }
        let hasRoom = rules.count(begun: job.record)
        return locks.request(job.id, job.traits.locks, priority: job.record.priority) && hasRoom
    }

    /// Takes in a job, and gives it its place.
    ///
    /// - Returns: Those it depends on that are not open: whether they ended well has to be found out.
    mutating func enter(_ job: OpenJob, _ moves: inout [Move]) -> [JobID] {
        var job = job
        job.missing = Set(job.record.dependencies)
        for dependency in job.missing { dependents[dependency, default: []].insert(job.id) }
        jobs[job.id] = job
        place(job.id, &moves)
        return job.missing.filter { jobs[$0] == nil }.sorted()
    }

    /// Gives a queued job its place.
    mutating func place(_ id: JobID, _ moves: inout [Move]) {
        guard let job = jobs[id], job.isQueued else { return }
        jobs[id]?.place = .held
        guard job.missing.isEmpty else { return moves.append(.waits(id)) }
        if job.traits.isLook { return admit(id, &moves) }
        switch rules.verdict(on: job.record) {
        case .held(let rule): rules.hold(id, job.record.priority, by: rule)
        case .free(let limits):
            rules.count(id, for: limits)
            jobs[id]?.place = .inLine
            if locks.request(id, job.traits.locks, priority: job.record.priority) { return admit(id, &moves) }
        }
        moves.append(.waits(id))
    }

    private mutating func admit(_ id: JobID, _ moves: inout [Move]) {
        jobs[id]?.place = .admitted
        moves.append(.admitted(id))
    }

    /// Takes a job from its place, held or not; those go on who waited for what it leaves.
    mutating func withdraw(_ id: JobID, _ moves: inout [Move]) {
        jobs[id]?.place = .nowhere
        jobs[id]?.examination = nil
        let limits = rules.release(id)
        for follower in locks.release(id) where jobs[follower]?.place == .inLine && jobs[follower]?.isQueued == true {
            admit(follower, &moves)
        }
        for limit in limits {
            while let next = rules.next(behind: limit) { place(next, &moves) }
        }
    }

    /// Takes a job that has ended out of everything.
    ///
    /// - Returns: The jobs that depend on it.
    mutating func leave(_ id: JobID, _ moves: inout [Move]) -> [JobID] {
        withdraw(id, &moves)
        guard let job = jobs.removeValue(forKey: id) else { return [] }
        for dependency in job.missing { dependents[dependency]?.remove(id) }
        return (dependents.removeValue(forKey: id) ?? []).sorted()
    }

    /// Takes that a job which another one depends on has ended well.
    ///
    /// - Returns: Whether the other one waited for that.
    mutating func satisfy(_ dependency: JobID, of id: JobID, _ moves: inout [Move]) -> Bool {
        guard jobs[id]?.missing.remove(dependency) != nil else { return false }
        dependents[dependency]?.remove(id)
        if dependents[dependency]?.isEmpty == true { dependents[dependency] = nil }
        if jobs[id]?.missing.isEmpty == true { place(id, &moves) } else { moves.append(.waits(id)) }
        return true
    }

    /// Puts a rule in force and takes others away, and gives every queued job its place anew.
    mutating func change(rules change: (inout QueueRules) -> Void, _ moves: inout [Move]) {
        change(&rules)
        let queued = jobs.values.filter(\.isQueued).map(\.id).sorted()
        for id in queued {
            jobs[id]?.place = .nowhere
            jobs[id]?.examination = nil
            _ = locks.release(id)
        }
        rules.reset()
        for job in jobs.values where !job.isQueued && !job.traits.isLook { rules.count(begun: job.record) }
        for id in queued { place(id, &moves) }
    }

    /// What a queued job waits for at this moment, the line of changes aside.
    func obstacles(before id: JobID) -> [JobRecord.Obstacle] {
        guard let job = jobs[id], job.isQueued else { return [] }
        switch job.place {
        case .nowhere: return job.record.waitingFor
        case .held:
            let missing = job.missing.sorted().map {
                JobRecord.Obstacle(kind: "dependency", name: $0.description, holder: $0)
            }
            guard missing.isEmpty, case .held(let rule) = rules.verdict(on: job.record) else { return missing }
            return [JobRecord.Obstacle(kind: "drain", name: rules[rule]?.id ?? "r\(rule)")]
        case .inLine: return locks.obstacles(of: id)
        case .admitted: return []
        }
    }
}
