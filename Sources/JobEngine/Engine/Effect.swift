/// What happens once the records before it are in the log.
///
/// Stored on the heap: it is large, and copied often.
indirect enum Effect: Sendable {
    /// Whoever sent the input is told this.
    case answer(Answer)
    /// A job that has not ended stands like this now.
    case changed(Pipeline, [Event.Fact])
    /// For the eye only: what a queued job waits for, how far a running one is, what its command said.
    case shown(JobRecord, [Event.Fact])
    /// A job has ended.
    case ended(JobRecord, [Event.Fact])
    /// This configuration is in force.
    case published(PublishedConfiguration)
    /// Something else happened.
    case told([Event.Fact])
    /// Find out what jobs will do, and whether they may.
    case examine([JobID], token: Int, isChange: Bool)
    case run(JobID, step: Int)
    /// The running commands of a job are to stop.
    case stop(JobID)
    case undo(JobID, step: Int)
    /// Something is owed to these nodes, and to no others: nothing else runs there.
    case owing(Set<Int>)
    /// Have what was kept run on its node, as soon as that is back.
    case handOver(KeptUndo)
    /// Settle result and revision of a job whose commands ended well.
    case conclude(JobID)
    /// Bring the newest revision to this node.
    case install
    /// Find out how a job ended that one depends on.
    case lookUp(JobID, of: JobID)
}

extension Effect {
    /// The jobs somebody is told of.
    var jobsTaken: [JobRecord]? {
        if case .answer(.jobs(let jobs)) = self { jobs } else { nil }
    }
}

/// What is told to whoever sent an input.
enum Answer: Sendable {
    case jobs([JobRecord])
    case rule(QueueRule)
    case refused(JobError)
}

/// What an input comes to: records for the log, and what happens after they are in it.
struct Step: Sendable {
    /// When it happens.
    let now: Moment
    var records: [LogRecord] = []
    var effects: [Effect] = []

    init(at now: Moment) {
        self.now = now
    }

    /// Keeps a job as it is now, unless it leaves no history.
    mutating func keep(_ job: JobRecord, digest: String? = nil) {
        if !job.scheduling.isVolatile { records.append(.job(job, digest: digest)) }
    }
}
