import EXAConf

/// A job that has not ended, with what it needs to run.
struct LiveJob {
    var pipeline: Pipeline
    let definition: JobDefinition
    let arguments: Arguments
    /// What callers are shown: the record as it was last made durable.
    private(set) var durable: JobRecord
    /// Where it stands as long as it has not begun.
    var place = Place.nowhere
    /// The jobs it depends on that are not known to have ended well.
    var missing: Set<JobID> = []
    /// How many changes of it are being written; it does not begin meanwhile.
    var amendments = 0
    /// Whether no further command may begin, and the one that runs was asked to end.
    var isStopped = false
    /// The result with its passwords, where the kept one has none.
    var told: JobResult?
    /// Answers of commands with their passwords, by place, where the kept ones have none.
    var answers: [Int: Value] = [:]
    /// The commands of its plan with their secrets, and how their answers become the result.
    var plan: Plan?
    /// The older revision its work has to see.
    var earlier: RevisionRecord?
    /// The configuration as its plan left it.
    var edited: Document?
    /// The configuration with the number it will have once it is decided.
    var proposal: PublishedConfiguration?
    /// When somebody was last told what a command said of itself.
    var toldProgress: Duration?

    /// - Parameter durable: The record as it is stored; the pipeline's own when left out.
    init(pipeline: Pipeline, definition: JobDefinition, arguments: Arguments, durable: JobRecord? = nil) {
        self.pipeline = pipeline
        self.definition = definition
        self.arguments = arguments
        self.durable = durable ?? pipeline.record
    }

    /// Where a job stands that has not begun.
    enum Place {
        /// It was not looked at yet, or is taken out for a moment.
        case nowhere
        /// It waits for other jobs, or because of a rule.
        case held
        /// It stands in line for its locks.
        case inLine
        /// It holds its locks and was sent on its way.
        case admitted
    }

    var record: JobRecord { pipeline.record }
    var id: JobID { pipeline.record.id }

    /// Whether it waits for its turn.
    var isQueued: Bool { pipeline.phase == .queued }

    /// Whether it may begin: rules and dependencies let it, and it holds its locks.
    var isReady: Bool { isQueued && place == .admitted }

    /// Whether it edits the configuration without running a command, so that many of them can be decided in one write.
    var isPureChange: Bool {
        if case .change = definition.work { true } else { false }
    }

    /// Notes that a record is durable now.
    mutating func kept(_ record: JobRecord) {
        durable = record
    }

    /// Notes what a running command says of itself.
    ///
    /// - Returns: Whether it is news.
    mutating func report(_ told: CommandProgress, of step: Int) -> Bool {
        guard pipeline.report(told, of: step) else { return false }
        durable.progress = record.progress
        return true
    }

    /// Notes what a command has said for the log.
    ///
    /// - Returns: Whether it is news.
    mutating func take(_ log: RunningLog, of step: Int) -> Bool {
        guard pipeline.take(log, of: step) else { return false }
        if durable.commands.indices.contains(step) {
            durable.commands[step].log = record.commands[step].log
            durable.commands[step].undoLog = record.commands[step].undoLog
        }
        return true
    }

    /// Notes what a queued job waits for; that is for the eye only and needs no write.
    mutating func wait(for obstacles: [JobRecord.Obstacle], since now: Timestamp) {
        pipeline.wait(for: obstacles, since: now)
        durable.waitingFor = record.waitingFor
        durable.waitingSince = record.waitingSince
    }
}
