import Values

/// Commands of a job that run side by side, each on a node of its own.
package struct RunningStep: Sendable, Hashable {
    /// Indices of all commands of the step.
    let commands: Range<Int>
    /// Those that have begun and not ended.
    package internal(set) var running: Set<Int> = []
    /// Why the job goes no further once they have ended.
    var ending: Pipeline.Ending?
    /// Those that said they left nothing behind.
    var withoutEffect: Set<Int> = []

    /// The step that begins with a command: those after it that are to run beside it belong to it.
    init(at index: Int, of commands: [CommandRecord]) {
        let end = commands[(index + 1)...].firstIndex { !$0.isBeside } ?? commands.endIndex
        self.commands = index..<end
    }
}

/// Commands run and are taken back.
extension Pipeline {
    /// Goes on with the step that begins with a command; when there is none, the job is to be concluded.
    mutating func beginStep(at index: Int, _ now: Timestamp) -> Action {
        guard record.commands.indices.contains(index) else {
            record.progress = nil
            phase = .concluding
            return .conclude
        }
        return goOn(with: RunningStep(at: index, of: record.commands), now)
    }

    /// Begins what may run now: of a step, one command at a time on a node.
    private mutating func goOn(with step: RunningStep, _ now: Timestamp) -> Action {
        var step = step
        var begun: [Int] = []
        if step.ending == nil {
            var busy = Set(step.running.map { record.commands[$0].node })
            for index in step.commands where record.commands[index].startedAt == nil {
                guard busy.insert(record.commands[index].node).inserted else { continue }
                record.commands[index].startedAt = now
                begun.append(index)
            }
            step.running.formUnion(begun)
        }
        guard !step.running.isEmpty else {
            if let ending = step.ending {
                return takeBack(before: step.commands.upperBound, sparing: step.withoutEffect, ending, now)
            }
            return beginStep(at: step.commands.upperBound, now)
        }
        phase = .commanding(step)
        record.progress = JobProgress(running: step.running, of: record.commands)
        return begun.isEmpty ? .nothing : .run(begun)
    }

    mutating func commandEnded(
        _ index: Int, of step: RunningStep, with outcome: CommandOutcome, at now: Timestamp
    ) -> Action {
        var step = step
        step.running.remove(index)
        record.commands[index].endedAt = now
        switch outcome {
        case .ok(let output):
            record.commands[index].exitCode = 0
            record.commands[index].output = output.unlessNull?.redacting()
        case .stored(let answer):
            record.commands[index].exitCode = 0
            record.commands[index].storedAnswer = answer
        case .failed(let code, let message):
            record.commands[index].exitCode = code
            record.commands[index].message = Secret.masked(message)
            step.withoutEffect.insert(index)
        case .refused(let error):
            record.commands[index].message = error.message
            step.withoutEffect.insert(index)
        case .lost(let message): record.commands[index].message = Secret.masked(message)
        case .timedOut: record.commands[index].message = "The command did not end in time."
        case .cancelled: record.commands[index].message = "The command was stopped."
        }
        if record.commands[index].isOptional, let missed = outcome.reasonToGoOnWithout {
            return goOn(without: index, of: step, missed, now)
        }
        // Whoever wishes that the job stops lets what runs come to its end; a failure does not.
        let isFailure = outcome.isDone ? false : step.ending == nil
        step.ending = step.ending ?? ending(for: outcome)
        let action = goOn(with: step, now)
        return isFailure && action == .nothing ? .halt : action
    }

    /// Goes on after a command the job can do without. One that left nothing behind is never taken back.
    private mutating func goOn(
        without index: Int, of step: RunningStep, _ missed: Unanswered, _ now: Timestamp
    ) -> Action {
        var step = step
        record.commands[index].output = missed.value
        if step.withoutEffect.contains(index) { record.commands[index].undo = nil }
        if record.cancellation == .requested { step.ending = step.ending ?? Self.cancelled }
        return goOn(with: step, now)
    }

    /// Why a job goes no further after a command; `nil` when it does.
    private func ending(for outcome: CommandOutcome) -> Ending? {
        let isCancelled = record.cancellation == .requested
        return switch outcome {
        case .ok, .stored: isCancelled ? Self.cancelled : nil
        case .failed(_, let message): Ending(.failed, JobError(.jobFailed, message))
        case .refused(let error): Ending(error.code == .jobTimedOut ? .timedOut : .declined, error)
        case .lost(let message): Ending(.failed, JobError(.jobFailed, message))
        case .timedOut: Self.timeout
        case .cancelled: isCancelled ? Self.cancelled : Self.timeout
        }
    }

    /// Undoes the commands below an index, last one first, then ends.
    ///
    /// - Parameter spared: Those that left nothing behind.
    mutating func takeBack(
        before index: Int, sparing spared: Set<Int> = [], _ ending: Ending, _ now: Timestamp
    ) -> Action {
        let undoable = record.commands[..<index].indices.last { index in
            let command = record.commands[index]
            return command.undo != nil && command.startedAt != nil && command.undoneAt == nil
                && command.undoKeptAt == nil && !spared.contains(index)
        }
        guard let undoable else { return end(ending, now) }
        record.progress = JobProgress(percent: nil, text: "taking back \(record.commands[undoable].action)")
        phase = .undoing(undoable, sparing: spared, because: ending)
        return .undo(undoable)
    }

    mutating func undone(
        _ index: Int, sparing spared: Set<Int>, with outcome: CommandOutcome, ending: Ending, at now: Timestamp
    ) -> Action {
        record.commands[index].undoneAt = now
        if outcome.isDone { return takeBack(before: index, sparing: spared, ending, now) }
        let text = "\(ending.error.message) Taking back '\(record.commands[index].action)' failed as well: check it."
        let (code, faults, details) = (ending.error.code, ending.error.faults, ending.error.details)
        let worse = Ending(ending.outcome, JobError(code, text, faults: faults, details: details))
        return takeBack(before: index, sparing: spared, worse, now)
    }

    /// Goes on without an undo that is run when its node returns; the end of the job says so.
    mutating func undoKept(
        _ index: Int, sparing spared: Set<Int>, ending: Ending, at now: Timestamp
    ) -> Action {
        record.commands[index].undoKeptAt = now
        let command = record.commands[index]
        record.warnings.append(
            JobWarning(
                .takenBackLater,
                text: "What '\(command.action)' did is taken back on node \(command.node) when it returns."))
        return takeBack(before: index, sparing: spared, ending, now)
    }
}

extension JobRecord {
    /// An error with the nodes where something is taken back when they return; in its details they are `taken_back_later`.
    func noting(_ error: JobError) -> JobError {
        let nodes = Set(commands.filter { $0.undoKeptAt != nil }.map(\.node)).sorted()
        guard !nodes.isEmpty else { return error }
        let names = nodes.map { "node \($0)" }.joined(separator: " and ")
        return JobError(
            error.code, "\(error.message) What was done on \(names) is taken back when it returns.",
            faults: error.faults, details: error.details.merging(["taken_back_later": .ints(nodes)]) { $1 })
    }
}

extension CommandOutcome {
    /// Whether the command did its work.
    package var isDone: Bool {
        switch self {
        case .ok, .stored: true
        case .failed, .refused, .lost, .timedOut, .cancelled: false
        }
    }

    /// Why there is no answer, where a job that can do without goes on; `nil` when it was done, or stopped, or when this node
    /// does not decide any more.
    fileprivate var reasonToGoOnWithout: Unanswered? {
        switch self {
        case .ok, .stored, .cancelled: nil
        case .failed(_, let message), .lost(let message): Unanswered(JobError(.jobFailed, message))
        case .refused(let error): error.code == .noMaster ? nil : Unanswered(error)
        case .timedOut: Unanswered(JobError(.jobTimedOut, "It did not answer in time."))
        }
    }
}
