package import Values

/// One job on its way through the five stages: what happened goes in, what has to be done next comes out.
///
/// A value without I/O. The scheduler feeds it and makes ``record`` durable before it acts on the answer or tells anyone.
/// Whatever gets into the record on its way passes here or is a type that masks secrets by itself.
/// An event that does not fit the phase changes nothing and asks for nothing.
package struct Pipeline: Sendable, Hashable {
    /// The job as of the last event: to be made durable before the action that ``handle(_:at:)`` asked for is taken.
    package internal(set) var record: JobRecord
    /// Never stored: after a restart it is found again from the record.
    package internal(set) var phase: Phase
    /// Whether the job ends with a revision on every node, not with its last command.
    package let changesConfiguration: Bool

    /// What the job is doing.
    package enum Phase: Sendable, Hashable {
        /// It waits for its turn.
        case queued
        /// Commands run: one, or several side by side.
        case commanding(RunningStep)
        /// All commands ended well; the result, and the revision if there is one, are to be decided.
        case concluding
        /// The effect of the command of this index is being taken back, because of this; some left nothing behind.
        case undoing(Int, sparing: Set<Int>, because: Ending)
        /// The revision is decided and on its way to the nodes.
        case distributing
        case ended
    }

    /// An end other than success.
    package struct Ending: Sendable, Hashable {
        /// Anything but `ok`.
        package let outcome: Outcome
        /// Its code becomes the job's error code, its message the text of the result.
        package let error: JobError

        /// The outcome must not be `ok`.
        package init(_ outcome: Outcome, _ error: JobError) {
            self.outcome = outcome
            self.error = error
        }
    }

    /// Something that happened to the job.
    package enum Event: Sendable, Hashable {
        /// It was examined against a revision and will run these commands.
        case accepted(base: Int, commands: [CommandRecord])
        /// It was examined and will not run.
        case declined(JobError)
        case commandEnded(Int, CommandOutcome)
        /// Result and revision are settled; no revision when nothing had to change.
        case concluded(output: Value?, revision: Int?)
        /// The result, or the decision on the revision, could not be had.
        case concludingFailed(JobError)
        case undone(Int, CommandOutcome)
        /// The node of the command is away: its effect is taken back when that returns, whatever becomes of the job.
        case undoKept(Int)
        /// These nodes have the revision; `complete` when no other is waited for.
        case acknowledged([Acknowledgement], complete: Bool)
        case cancelRequested(reason: String?)
        /// The time the caller gave it is over.
        case timeExpired
    }

    /// What has to be done next, after the record is durable.
    package enum Action: Sendable, Hashable {
        case nothing
        /// Run the commands of these indices side by side.
        case run([Int])
        /// Ask the commands that run to stop.
        case stop
        /// Stop the commands that run: another one of the step failed.
        case halt
        /// Take back the effect of the command of this index.
        case undo(Int)
        /// Settle result and revision.
        case conclude
        /// Bring the revision to the nodes.
        case install
        /// The job is over: let go of its locks and tell whoever waits.
        case end
    }

    /// A job that waits for its turn.
    package init(queued record: JobRecord, changesConfiguration: Bool) {
        self.record = record
        self.changesConfiguration = changesConfiguration
        phase = .queued
    }

    /// Takes one event and says what is next.
    package mutating func handle(_ event: Event, at now: Timestamp) -> Action {
        switch (phase, event) {
        case (.queued, .accepted(let base, let commands)): accept(on: base, commands: commands, at: now)
        case (.queued, .declined(let error)): end(Ending(.declined, error), now)
        case (.queued, .cancelRequested(let reason)): cancelQueued(reason, now)
        case (.queued, .timeExpired): end(Self.timeout, now)
        case (.commanding(let step), .commandEnded(let index, let outcome)) where step.running.contains(index):
            commandEnded(index, of: step, with: outcome, at: now)
        case (.commanding, .cancelRequested): stop(.requested)
        case (.commanding, .timeExpired): stop(nil)
        case (.concluding, .concluded(let output, let revision)): conclude(output, revision: revision, at: now)
        case (.concluding, .concludingFailed(let error)):
            takeBack(before: record.commands.count, Ending(.failed, error), now)
        case (.undoing(let index, let spared, let ending), .undone(let ended, let outcome)) where ended == index:
            undone(index, sparing: spared, with: outcome, ending: ending, at: now)
        case (.undoing(let index, let spared, let ending), .undoKept(let kept)) where kept == index:
            undoKept(index, sparing: spared, ending: ending, at: now)
        case (.distributing, .acknowledged(let nodes, let complete)): acknowledge(nodes, isComplete: complete, at: now)
        case (.ended, _): .nothing
        case (_, .cancelRequested): refuseCancel()
        default: .nothing
        }
    }

    /// Takes what is for the eye only from a later state of the record.
    mutating func show(_ other: JobRecord) {
        record.waitingFor = other.waitingFor
        record.waitingSince = other.waitingSince
        record.progress = other.progress
        for (index, command) in zip(record.commands.indices, other.commands) {
            record.commands[index].log = command.log
            record.commands[index].undoLog = command.undoLog
        }
    }

    /// What has to be done next, told once more.
    package var action: Action {
        switch phase {
        case .queued: .nothing
        case .commanding(let step): .run(step.running.sorted())
        case .concluding: .conclude
        case .undoing(let index, _, _): .undo(index)
        case .distributing: .install
        case .ended: .end
        }
    }

    /// What the job waits for, as shown to callers; only a queued job waits.
    package mutating func wait(for obstacles: [JobRecord.Obstacle], since now: Timestamp) {
        guard phase == .queued else { return }
        let isTheSameKind = obstacles.first?.kind == record.waitingFor.first?.kind
        record.waitingFor = obstacles
        record.waitingSince = obstacles.isEmpty ? nil : isTheSameKind ? record.waitingSince ?? now : now
    }

    /// Takes what the command of an index waits for; that is for the eye only, and what comes late is nothing.
    ///
    /// - Returns: Whether it is news.
    mutating func hold(_ obstacles: [JobRecord.Obstacle], since now: Timestamp, by index: Int) -> Bool {
        guard case .commanding(let step) = phase, step.running.contains(index), record.waitingFor != obstacles else {
            return false
        }
        record.waitingFor = obstacles
        record.waitingSince = obstacles.isEmpty ? nil : record.waitingSince ?? now
        return true
    }

    /// Takes what the command of an index says of itself; that is for the eye only, and what comes late is nothing.
    ///
    /// - Returns: Whether it is news.
    mutating func report(_ told: CommandProgress, of index: Int) -> Bool {
        guard case .commanding(let step) = phase, step.running.contains(index) else { return false }
        let progress = JobProgress(running: step.running, of: record.commands, told: told)
        guard record.progress != progress else { return false }
        record.progress = progress
        return true
    }

    /// Takes what the command of an index, which runs or is taken back, has said for the log; what comes late is nothing.
    ///
    /// - Returns: Whether it is news.
    mutating func take(_ lines: CommandLog, isUndo: Bool, of index: Int) -> Bool {
        let place: WritableKeyPath<CommandRecord, CommandLog>
        switch phase {
        case .commanding(let step) where !isUndo && step.running.contains(index): place = \.log
        case .undoing(index, _, _) where isUndo: place = \.undoLog
        default: return false
        }
        guard record.commands[index][keyPath: place] != lines else { return false }
        record.commands[index][keyPath: place] = lines
        return true
    }

    /// Changes what the caller asked for, as long as the job has not begun.
    ///
    /// - Returns: Whether it was in time.
    package mutating func amend(_ amendment: JobAmendment) -> Bool {
        guard phase == .queued else { return false }
        amendment.apply(to: &record)
        return true
    }

    private mutating func enter(_ stage: Stage, _ now: Timestamp) {
        // A job that starts over after a restart keeps the times of the first attempt: stages never go back.
        guard record.times[stage] == nil else { return }
        record.stage = max(record.stage, stage)
        record.times[stage] = now
    }

    private mutating func accept(on base: Int, commands: [CommandRecord], at now: Timestamp) -> Action {
        wait(for: [], since: now)
        record.baseRevision = base
        record.commands = commands
        enter(.scheduled, now)
        enter(.executed, now)
        return beginStep(at: 0, now)
    }

    private mutating func conclude(_ output: Value?, revision: Int?, at now: Timestamp) -> Action {
        enter(.finished, now)
        (record.waitingFor, record.waitingSince) = ([], nil)
        record.revision = revision
        record.result = .success(output?.redacting(), revision: revision)
        if revision != nil {
            phase = .distributing
            return .install
        }
        if changesConfiguration { enter(.committed, now) }
        return succeed(now)
    }

    private mutating func acknowledge(_ nodes: [Acknowledgement], isComplete: Bool, at now: Timestamp) -> Action {
        record.acknowledgements = nodes
        guard isComplete else {
            record.waitingFor = nodes.filter { $0.state == .missing }.map {
                JobRecord.Obstacle(kind: "sync", name: "node \($0.node)")
            }
            record.waitingSince = record.waitingSince ?? now
            return .nothing
        }
        record.waitingFor = []
        record.waitingSince = nil
        enter(.committed, now)
        return succeed(now)
    }

    private mutating func succeed(_ now: Timestamp) -> Action {
        if record.cancellation == .requested { record.cancellation = .tooLate }
        record.outcome = .ok
        record.endedAt = now
        phase = .ended
        return .end
    }

    mutating func end(_ ending: Ending, _ now: Timestamp) -> Action {
        let error = record.noting(ending.error)
        record.progress = nil
        record.waitingFor = []
        record.waitingSince = nil
        record.outcome = ending.outcome
        record.errorCode = error.code
        record.errorDetails = error.keptDetails
        record.result = JobResult(error)
        record.endedAt = now
        if record.cancellation == .requested {
            record.cancellation = ending.outcome == .cancelled ? .honoured : .tooLate
        }
        phase = .ended
        return .end
    }

    private mutating func cancelQueued(_ reason: String?, _ now: Timestamp) -> Action {
        record.cancellation = .requested
        let text = reason.map { "The job was cancelled: \($0)" } ?? Self.cancelled.error.message
        return end(Ending(.cancelled, JobError(.jobCancelled, text)), now)
    }

    private mutating func stop(_ cancellation: JobRecord.Cancellation?) -> Action {
        if let cancellation { record.cancellation = cancellation }
        return .stop
    }

    private mutating func refuseCancel() -> Action {
        if record.cancellation == nil { record.cancellation = .refused }
        return .nothing
    }

    static let cancelled = Ending(.cancelled, JobError(.jobCancelled, "The job was cancelled."))
    static let timeout = Ending(
        .timedOut, JobError(.jobTimedOut, "The job did not end in the time it was given."))
}
