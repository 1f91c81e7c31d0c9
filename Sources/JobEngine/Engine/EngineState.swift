import Values

/// All the engine decides by: what happened goes in, what is to be recorded and what is to be done comes out.
///
/// A value without clock, randomness and I/O. The same inputs give the same records and effects, and whoever throws a step
/// away goes on from the value before it. Only ``process(_:at:)`` changes it.
struct EngineState: Sendable {
    /// What holds while the state lives.
    struct Limits: Sendable, Hashable {
        /// The node new jobs are numbered for.
        let node: Int
        /// Open jobs; more are refused. Looks have as much room of their own.
        let queue: Int
        /// Changes decided together.
        let batch: Int
    }

    let limits: Limits
    var queue = JobQueue()
    var revisions = RevisionQueue()
    var head: PublishedConfiguration
    var keptUndos = KeptUndos()
    var deadlines = Deadlines()
    var acknowledgements = Acknowledgements()
    var numbers: Numbers
    var examinations = 0
    var isDraining = false

    /// The pause before something that failed is tried again.
    static let pause = Duration.seconds(1)

    /// A state without jobs, on a head.
    init(_ head: PublishedConfiguration, nextNumber: Int, limits: Limits) {
        self.head = head
        self.limits = limits
        numbers = Numbers(next: nextNumber)
    }

    /// Takes what happened.
    ///
    /// - Returns: What belongs into the log, and what happens once it is there.
    mutating func process(_ input: Input, at now: Moment) -> Step {
        var step = Step(at: now)
        switch input {
        case .submitted(let submissions, let isBatch): submit(submissions, isBatch: isBatch, &step)
        case .resumed(let job): resume(job, &step)
        case .cancelled(let id, let reason, let grace): cancel(id, reason: reason, grace: grace, &step)
        case .amended(let id, let amendment): amend(id, amendment, into: &step)
        case .ruleResumed(let rule): enforce(rule, &step)
        case .ruleAdded(let rule): add(rule, &step)
        case .ruleRemoved(let number, let user): removeRule(number, by: user, &step)
        case .dependencyEnded(let dependency, let outcome, let id): settle(dependency, outcome, of: id, into: &step)
        case .dependencyUnknown(let id): if isQueued(id) { retry(.dependencies(id), &step) }
        case .commandEnded(let id, let index, let outcome): commandEnded(id, step: index, outcome, into: &step)
        case .undone(let id, let index, let outcome): undone(id, step: index, outcome, into: &step)
        case .undoPostponed(let id, let index): postpone(id, step: index, into: &step)
        case .undosResumed(let undos): resume(undos, &step)
        case .undoSettled(let key, _): settle(key, &step)
        case .progressed(let id, let index, let progress): report(progress, of: id, step: index, &step)
        case .awaits(let id, let index, let obstacles): awaits(obstacles, of: id, step: index, &step)
        case .logged(let id, let index, let log, let isUndo): take(log, isUndo: isUndo, of: id, step: index, &step)
        case .examined(let examination): examined(examination, &step)
        case .undecided(let examination, let error): fail(examination, error, into: &step)
        case .concluded(let id, let result): conclude(id, result, into: &step)
        case .fileTouched: revisions.lookAtFile()
        case .fileExamined(let token, let finding): follow(finding, token: token, &step)
        case .installed(let revision, let nodes): installed(revision, nodes, into: &step)
        case .installFailed: retry(.install, &step)
        case .acknowledged(let node, let revision, let moment):
            // One above the head is of another life of that node: it would count for revisions that are yet to come.
            guard revision <= head.revision else { break }
            acknowledgements.acknowledge(node, revision, at: moment)
            settleAcknowledgements(&step)
        case .left(let node):
            acknowledgements.remove(node)
            dropUndos(of: node, &step)
            settleAcknowledgements(&step)
        case .due: ring(&step)
        case .drained: isDraining = true
        }
        beginTurn(&step)
        return step
    }

    private func isQueued(_ id: JobID) -> Bool { queue[id]?.isQueued == true }

    // MARK: Deadlines

    /// Sees to it that something that failed is tried again.
    private mutating func retry(_ key: Deadlines.Key, _ step: inout Step) {
        deadlines.set(key, step.now.monotonic + Self.pause)
    }

    /// Sets a deadline by the wall clock, at once when its time has passed.
    mutating func set(_ key: Deadlines.Key, at moment: Timestamp, from now: Moment) {
        deadlines.set(key, now.monotonic + .milliseconds(max(0, moment.milliseconds - now.wall.milliseconds)))
    }

    private mutating func ring(_ step: inout Step) {
        for key in deadlines.take(until: step.now.monotonic) {
            switch key {
            case .timeout(let id): if advance(id, .timeExpired, into: &step) { stop(id, &step) }
            case .force(let id): stop(id, &step)
            case .rule(let number): removeRule(number, by: nil, &step)
            case .install: step.effects.append(.install)
            case .dependencies(let id):
                for dependency in (queue[id]?.missing ?? []).sorted() where queue[dependency] == nil {
                    step.effects.append(.lookUp(dependency, of: id))
                }
            }
        }
    }
}
