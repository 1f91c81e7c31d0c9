/// The jobs that change the configuration: one at a time, or one batch of those that only edit it.
struct RevisionQueue: Sendable {
    /// Who has the turn.
    enum Turn: Sendable, Hashable {
        case free
        /// These are examined; none of them when only the file is looked at.
        case examining(token: Int, [JobID])
        /// The job runs its commands.
        case held(JobID)
        /// A decided revision is on its way to the disk of this node; `nil` for one that no job made.
        case installing(Int, by: JobID?)
    }

    private(set) var turn = Turn.free
    /// Whether the file is to be looked at, although no job waits.
    private(set) var looksAtFile = false
    private var waiting = PriorityLine()

    /// Lets a job wait for its turn.
    mutating func insert(_ job: JobID, _ priority: JobPriority) { waiting.insert(job, priority) }

    /// Takes a job out of the line.
    mutating func remove(_ job: JobID) { waiting.remove(job) }

    /// Sees to it that the file is looked at when the turn is free.
    mutating func lookAtFile() { looksAtFile = true }

    /// Begins the next turn: of the job in front, or of as many in front as only edit.
    ///
    /// - Returns: The jobs; `nil` when the turn is taken, or nothing waits.
    mutating func begin(_ token: Int, atMost limit: Int, isPureChange: (JobID) -> Bool) -> [JobID]? {
        guard turn == .free, looksAtFile || !waiting.isEmpty else { return nil }
        looksAtFile = false
        var batch: [JobID] = []
        while batch.count < limit, let next = waiting.first {
            let isPure = isPureChange(next)
            if !isPure, !batch.isEmpty { break }
            waiting.remove(next)
            batch.append(next)
            if !isPure { break }
        }
        turn = .examining(token: token, batch)
        return batch
    }

    /// Gives the turn to a job that runs commands, to a revision that goes to the disk, or to nobody.
    mutating func pass(to turn: Turn) { self.turn = turn }

    /// Frees the turn when a job that held it has ended.
    mutating func leave(_ job: JobID) {
        waiting.remove(job)
        if turn == .held(job) { turn = .free }
    }

    /// What a job waits for: whoever has the turn, and who is more urgent.
    func obstacles(before job: JobID) -> [JobRecord.Obstacle] {
        let first = waiting.first
        guard let holder = holder ?? first, holder != job else { return [] }
        let held = [JobRecord.Obstacle(kind: "lock", name: "conf", holder: holder)]
        guard let first, first != job, let mine = waiting.priority(of: job), waiting.priority(of: first) != mine else {
            return held
        }
        return held + [JobRecord.Obstacle(kind: "priority", name: "conf", holder: first)]
    }

    private var holder: JobID? {
        switch turn {
        case .examining(_, let jobs): jobs.first
        case .held(let job): job
        case .installing(_, let job): job
        case .free: nil
        }
    }
}
