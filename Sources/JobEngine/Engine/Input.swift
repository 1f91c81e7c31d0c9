import Access
import Values

/// Something that happened, as the engine is told of it.
///
/// Stored on the heap: it is large, and copied often.
indirect enum Input: Sendable {
    /// Somebody asks for one job, or for a batch that is taken whole or not at all.
    case submitted([Submission], isBatch: Bool)
    /// A job of an earlier term goes on.
    case resumed(ResumedJob)
    /// Somebody wants a job to stop; `grace` is how long its command may go on when it is to be ended by force.
    case cancelled(JobID, reason: String?, grace: Duration?)
    /// Something else is asked of a job that has not begun.
    case amended(JobID, JobAmendment)
    /// A rule of an earlier term is in force.
    case ruleResumed(QueueRule)
    /// A rule is put in force; its number is given here.
    case ruleAdded(QueueRule)
    /// A rule is taken away.
    case ruleRemoved(Int, by: String)
    /// Jobs were examined.
    case examined(Examination)
    /// What the file of this node holds was found out; the jobs of that examination were not looked at. `nil` at the
    /// start of a term.
    case fileExamined(token: Int?, FileFinding)
    /// The file of this node may have been edited.
    case fileTouched
    /// A command of a job ended.
    case commandEnded(JobID, step: Int, CommandOutcome)
    /// The effect of a command was taken back.
    case undone(JobID, step: Int, CommandOutcome)
    /// A command cannot be taken back now: its node is away.
    case undoPostponed(JobID, step: Int)
    /// What earlier terms kept for nodes that were away.
    case undosResumed([KeptUndo])
    /// What was kept was run on its node, which is back; or it cannot be run there.
    case undoSettled(CommandKey, CommandOutcome)
    /// Result and revision of a job whose commands ended well; or why they could not be had.
    case concluded(JobID, Result<Conclusion, JobError>)
    /// The jobs of an examination could not be decided: the log refused.
    case undecided(Examination, JobError)
    /// This node has a revision; the others stand to it as said.
    case installed(revision: Int, [Acknowledgement])
    /// This node could not take the newest revision.
    case installFailed
    /// A node has every revision up to this one.
    case acknowledged(node: Int, revision: Int, at: Timestamp)
    /// A node is no longer waited for: it left the cluster.
    case left(node: Int)
    /// A job that others depend on and that is not open ended like this; `nil` when nobody knows it any more.
    case dependencyEnded(JobID, Outcome?, of: JobID)
    /// How it ended could not be found out now.
    case dependencyUnknown(of: JobID)
    /// A command says how far it is.
    case progressed(JobID, step: Int, CommandProgress)
    /// A command that waits for a state of the cluster has this in its way.
    case awaits(JobID, step: Int, [JobRecord.Obstacle])
    /// A command has said this, all in all.
    case logged(JobID, step: Int, CommandLog, isUndo: Bool)
    /// A deadline may have come.
    case due
    /// No more jobs are taken, and none begins.
    case drained
}

/// A job somebody asks for, checked; the engine gives it its number.
struct Submission: Sendable {
    /// With number 0. A job that was answered from the configuration has ended already.
    var record: JobRecord
    let traits: JobTraits
    /// Of the request, when it came with an idempotency key.
    let digest: String?
    /// What the audit log is to say of it, but for its number.
    var audit: AuditEvent?
}

/// A job that had not ended when a term began.
struct ResumedJob: Sendable {
    let record: JobRecord
    let traits: JobTraits
    /// Where it stood, when its commands, with their secrets, are still known in this process.
    let pipeline: Pipeline?
}

/// What came of the examination of jobs, all of them against one configuration.
struct Examination: Sendable {
    /// Given out with the order to examine; an answer to an older one counts for nothing.
    let token: Int
    var verdicts: [(job: JobID, verdict: Verdict)] = []
    /// The jobs' work with what they were found to do; nothing is decided by it.
    var work: [(job: JobID, work: JobWork)] = []

    enum Verdict: Sendable {
        /// It will not run.
        case refused(JobError)
        /// It will run these commands, and changes the state of the cluster when it ends well.
        case accepted(base: Int, [CommandRecord], changes: StateChanges)
        /// It runs none, and this is what it comes to.
        case settled(base: Int, Conclusion)
        /// Whether it fits is known once those in front of it are decided.
        case undecided
    }
}

/// What a job that runs no more commands comes to.
struct Conclusion: Sendable {
    /// Passwords as `***`.
    let output: Value?
    /// `nil` when nothing had to change.
    let revision: SettledRevision?
    /// What else of the state changes with it.
    var changes = StateChanges()
    /// Files that belong to the revision.
    var files: [RevisionFile] = []
}

/// What the configuration file of this node means.
enum FileFinding: Sendable {
    /// It holds the head.
    case same
    /// It is behind, or gone: the head is written again.
    case behind
    /// It was changed on purpose and becomes this revision.
    case adopted(SettledRevision)
    /// It cannot be followed; changes are refused until that is settled.
    case refused(JobError)
}

/// A moment by both clocks. Whoever feeds the engine says when something happened: the engine reads no clock.
struct Moment: Sendable, Hashable {
    /// What records are stamped with.
    let wall: Timestamp
    /// What deadlines go by; never goes back.
    let monotonic: Duration
}
