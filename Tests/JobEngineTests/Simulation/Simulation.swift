import EXAConf
import Support
import Values

@testable import JobEngine

/// One history of the engine: random requests, random ends of commands, crashes and full disks, on clocks and disks that
/// are values. A seed repeats it exactly.
struct Simulation {
    /// A mistake an engine could make, planted to see that it is found.
    enum Mistake: CaseIterable {
        case effectBeforeAppend, lostAcknowledgement, lockKept, numberTwice, keyTwice, endsOutOfOrder, undoForgotten
    }

    struct Violation: Error, CustomStringConvertible {
        let seed: UInt64
        let nodes: Int
        let text: String
        var description: String { "seed \(seed), nodes \(nodes): \(text)" }
    }

    let seed: UInt64
    let mistake: Mistake?
    /// Nodes commands run on.
    let nodes: Int
    var random: SequenceGenerator
    var store: SimulatedStore
    var state: EngineState
    /// What will happen, by time.
    private var coming: [(at: Int, input: Input)] = []
    private var unrecorded: [Input] = []
    private var clock = 0
    private var pipelines: [JobID: Pipeline] = [:]
    /// How commands ended, so that a new term finds what ran in the one before.
    private var outcomes: [String: CommandOutcome] = [:]
    private var isCalm = false
    var checks = SimulationChecks()
    var absence = SimulatedAbsence()

    private static let node = 11
    private static let limits = EngineState.Limits(node: node, queue: 60, batch: 8)

    init(seed: UInt64, nodes: Int = 1, mistake: Mistake? = nil) {
        self.seed = seed
        self.nodes = nodes
        self.mistake = mistake
        random = SequenceGenerator(seed: seed)
        let head = Self.revision(1)
        store = SimulatedStore(head)
        state = EngineState(PublishedConfiguration().following(Document(), head), nextNumber: 1, limits: Self.limits)
    }

    /// Lives through a history and looks whether each promise was kept.
    mutating func run(requests: Int = 60) throws {
        for _ in 0..<requests {
            ask()
            try step()
            if chance(1, of: 60) { restart(isCrash: true) }
            if chance(1, of: 60) { restart(isCrash: false) }
            if nodes > 1 { moveNodes() }
        }
        isCalm = true
        for node in absence.away.sorted() { comeBack(node) }
        for rule in state.queue.allRules { coming.append((clock, .ruleRemoved(rule.number, by: "admin"))) }
        var rest = 4_000
        while rest > 0, !coming.isEmpty || !unrecorded.isEmpty || state.deadlines.next != nil {
            rest -= 1
            try step()
        }
        let open = state.queue.jobs.keys.sorted()
        guard open.isEmpty else {
            let stuck = state.queue.jobs.values.sorted { $0.id < $1.id }.map {
                "\($0.id) \($0.pipeline.phase) \($0.place) \(state.obstacles(before: $0.id).map(\.name))"
            }
            throw violation("never ended, with the turn \(state.revisions.turn): \(stuck.joined(separator: "; "))")
        }
        try require(checks.lost(in: store), "were told to somebody and are not stored as ended")
        let told = checks.ends.filter { store.jobs[$0] != nil }
        let heard = Set(told)
        guard store.ends.filter(heard.contains) == told else {
            throw violation("ends were stored in another order than they were told in")
        }
        guard store.undos.isEmpty, state.keptUndos.nodes.isEmpty else {
            throw violation("\(store.undos.count) undos are kept for nodes that are there")
        }
        if let key = checks.keyOfTwoJobs { throw violation("the key \(key.text) made two jobs") }
        try replay()
    }

    private func violation(_ text: String) -> Violation { Violation(seed: seed, nodes: nodes, text: text) }

    private func require(_ jobs: [JobID], _ text: String) throws {
        if !jobs.isEmpty { throw violation("jobs \(jobs) \(text)") }
    }

    mutating func chance(_ part: Int, of whole: Int) -> Bool { random.next(below: whole) < part }

    // MARK: Nodes that are away

    private mutating func moveNodes() {
        guard let node = absence.away.min() else { return }
        if chance(1, of: 6) { comeBack(node) }
        if chance(1, of: 40) {
            absence.remove(node)
            send(.left(node: node))
        }
    }

    private mutating func comeBack(_ node: Int) {
        for undo in absence.comeBack(node) { run(undo) }
    }

    private mutating func run(_ undo: KeptUndo) {
        absence.run(undo.key)
        later(.undoSettled(undo.key, .ok(.null)))
    }

    /// Takes a command back, unless its node is away, or goes away now.
    private mutating func undo(_ index: Int, of id: JobID) throws {
        let node = pipelines[id]?.record.commands[index].node ?? Self.node
        if absence.owing.contains(node) {
            throw violation("an undo of job \(id) ran before what is owed to node \(node)")
        }
        if node != Self.node, !isCalm, chance(1, of: 3) { absence.leave(node) }
        later(absence.away.contains(node) ? .undoPostponed(id, step: index) : .undone(id, step: index, .ok(.null)))
    }

    private func isRunning(_ index: Int, of id: JobID) -> Bool {
        guard case .commanding(let step)? = pipelines[id]?.phase else { return false }
        return step.running.contains(index)
    }

    // MARK: Requests

    private mutating func ask() {
        let known = checks.known
        switch random.next(below: 20) {
        case 0 where !known.isEmpty:
            let id = known[random.next(below: known.count)]
            send(.cancelled(id, reason: nil, grace: chance(1, of: 2) ? .seconds(1) : nil))
        case 1 where !known.isEmpty:
            var amendment = JobAmendment()
            amendment.priority = .set(.high)
            send(.amended(known[random.next(below: known.count)], amendment))
        case 2:
            var rule = QueueRule(
                number: 0, action: chance(1, of: 2) ? .pause : .limit(1), user: "admin", at: Timestamp(milliseconds: 0))
            rule.expiresAt = Timestamp(milliseconds: clock + 40)
            send(.ruleAdded(rule))
        default:
            let count = chance(1, of: 8) ? 3 : 1
            send(.submitted((0..<count).map { submission(place: $0, known) }, isBatch: count > 1))
        }
    }

    private mutating func submission(place: Int, _ known: [JobID]) -> Submission {
        let kinds = ["answer", "look", "act", "change", "run"]
        let kind = kinds[random.next(below: kinds.count)]
        let changes = kind == "change" || kind == "run"
        var record = JobRecord(
            id: JobID(node: Self.node, number: 0), type: kind, mode: changes ? .modify : .read, parameters: [:],
            requester: .init(name: "admin", roles: []), request: .init(dialect: "rest", address: ""),
            scheduling: .init(isVolatile: !changes && place == 0 && chance(1, of: 6)),
            submittedAt: Timestamp(milliseconds: clock))
        record.priority = JobPriority.allCases[random.next(below: 3)]
        if chance(1, of: 6) { record.timeout = .milliseconds(20 + random.next(below: 60)) }
        if chance(1, of: 6), !known.isEmpty { record.dependencies = [known[random.next(below: known.count)]] }
        if place == 0, chance(1, of: 5) { record.idempotencyKey = "k\(random.next(below: 4))" }
        if changes, chance(1, of: 5) { record.expectedRevision = state.head.revision }
        var pipeline = Pipeline(queued: record, changesConfiguration: changes)
        if kind == "answer", record.dependencies.isEmpty {
            _ = pipeline.handle(.accepted(base: 1, commands: []), at: Timestamp(milliseconds: clock))
            _ = pipeline.handle(.concluded(output: nil, revision: nil), at: Timestamp(milliseconds: clock))
        }
        let locks: [Lock] =
            kind == "act" || kind == "run"
            ? [random.next(below: 3) == 0 ? .shared("a") : .exclusive(["a", "b"][random.next(below: 2)])] : []
        let traits = JobTraits(
            isLook: kind == "answer" || kind == "look", isPureChange: kind == "change", changesConfiguration: changes,
            locks: locks, recovery: chance(1, of: 2) ? .restart : .fail)
        return Submission(record: pipeline.record, traits: traits, digest: record.idempotencyKey.map { _ in "d" })
    }

    private mutating func send(_ input: Input) { coming.append((clock + random.next(below: 3), input)) }

    private mutating func later(_ input: Input) { coming.append((clock + 1 + random.next(below: 12), input)) }

    // MARK: Batches

    /// Lets time pass to what happens next, and carries it as the driver does.
    private mutating func step() throws {
        clock += 1
        if !coming.contains(where: { $0.at <= clock }) {
            let next = [
                coming.map(\.at).min(), state.deadlines.next.map { Int($0 / .milliseconds(1)) },
                unrecorded.isEmpty ? nil : clock,
            ].compactMap(\.self).min()
            clock = max(clock, next ?? clock)
        }
        var batch = unrecorded + coming.filter { $0.at <= clock }.map(\.input)
        if let due = state.deadlines.next, due <= now.monotonic { batch.append(.due) }
        (coming, unrecorded) = (coming.filter { $0.at > clock }, [])
        if !batch.isEmpty { try carry(batch) }
    }

    private var now: Moment { Moment(wall: Timestamp(milliseconds: clock), monotonic: .milliseconds(clock)) }

    private mutating func carry(_ batch: [Input]) throws {
        let before = state
        var keys = store.keys
        var (records, effects): ([LogRecord], [Effect]) = ([], [])
        var made: [(key: IdempotencyKey, job: JobID)] = []
        for input in batch {
            if case .submitted(let jobs, _) = input, mistake != .keyTwice, let key = jobs.first?.key,
                let known = keys[key]
            {
                made.append((key, known.id))
                continue
            }
            let step = state.process(input, at: now)
            records += step.records
            effects += step.effects
            if case .submitted(let submissions, _) = input, let jobs = step.effects.lazy.compactMap(\.jobsTaken).first {
                if let key = submissions.first?.key, let id = jobs.first?.id {
                    keys[key] = (id, "d")
                    made.append((key, id))
                }
                for (job, submission) in zip(jobs, submissions) { checks.taken[job.id] = submission.traits }
            }
        }
        decideEarly(&records, &effects)
        switch isCalm || records.isEmpty ? 9 : random.next(below: 30) {
        case 0: refuse(batch, before)
        // The disk failed after, or before, it had stored the batch: the store is asked, and says so.
        case 1:
            try keep(records, made)
            try perform(effects)
        case 2:
            if mistake == .effectBeforeAppend { try perform(effects) }
            refuse(batch, before)
        case 3:
            if chance(1, of: 2) { try keep(records, made) }
            restart(isCrash: true)
        default:
            try keep(records, made)
            try perform(effects)
        }
    }

    /// Decides changes that got their turn by a batch in the same append, as often as that is found out in a moment.
    private mutating func decideEarly(_ records: inout [LogRecord], _ effects: inout [Effect]) {
        let index = effects.lastIndex { if case .examine(_, _, isChange: true) = $0 { true } else { false } }
        guard chance(1, of: 2), let index, case .examine(let jobs, let token, _) = effects[index],
            jobs.allSatisfy({ state.queue[$0]?.traits.isPureChange == true })
        else { return }
        effects.remove(at: index)
        let step = state.process(finding(jobs, token, isChange: true), at: now)
        records += step.records
        effects += step.effects
    }

    private mutating func keep(_ records: [LogRecord], _ made: [(key: IdempotencyKey, job: JobID)]) throws {
        if let key = absence.forgotten(by: records) {
            throw violation("the undo of \(key.job) was let go and never run")
        }
        for (key, job) in made { checks.made(key, job) }
        let ended = records.indices.filter { if case .job(let job, _) = records[$0] { job.isDone } else { false } }
        var records = records
        if mistake == .endsOutOfOrder, ended.count > 1, let first = ended.first, let last = ended.last {
            records.swapAt(first, last)
        }
        store.apply(records)
    }

    private mutating func refuse(_ batch: [Input], _ before: EngineState) {
        state = before
        for input in batch {
            switch input.failure(JobError(.outOfSpace, "full")) {
            case .refused: break
            case .instead(let other): coming.append((clock, other))
            case .again: unrecorded.append(input)
            }
        }
    }

    // MARK: Effects

    private mutating func perform(_ effects: [Effect]) throws {
        for effect in effects {
            switch effect {
            case .answer(.jobs(let jobs)):
                for job in jobs where !checks.tell(job) { throw violation("number \(job.id) was given twice") }
            case .answer, .shown, .told: break
            case .changed(let pipeline, _):
                pipelines[pipeline.record.id] = pipeline
                try requireStored(pipeline.record)
            case .ended(let record, _): try end(record)
            case .published(let head):
                guard store.revisions.last?.number == head.revision else {
                    throw violation("revision \(head.revision) was told before it was stored")
                }
            case .examine(let jobs, let token, let isChange): later(finding(jobs, token, isChange: isChange))
            case .run(let id, let index): try run(index, of: id)
            case .undo(let id, let index): try undo(index, of: id)
            case .owing(let nodes):
                for command in absence.owe(nodes) where isRunning(command.step, of: command.job) {
                    try run(command.step, of: command.job)
                }
            case .handOver(let undo): if absence.takes(undo) { run(undo) }
            case .stop(let id):
                guard case .commanding(let step)? = pipelines[id]?.phase else { break }
                for index in step.running.sorted() { later(.commandEnded(id, step: index, .cancelled)) }
            case .conclude(let id): later(.concluded(id, .success(conclusion(of: id, on: state.head))))
            case .install:
                if mistake == .lostAcknowledgement, chance(1, of: 4) { continue }
                let revision = state.head.revision
                later(
                    chance(1, of: 8)
                        ? .installFailed
                        : .installed(revision: revision, [Acknowledgement(node: Self.node, state: .acknowledged)]))
            case .lookUp(let dependency, let id):
                later(.dependencyEnded(dependency, store.jobs[dependency]?.outcome, of: id))
            }
        }
    }

    private func requireStored(_ job: JobRecord) throws {
        guard !job.scheduling.isVolatile else { return }
        guard let stored = store.jobs[job.id], stored.stage >= job.stage else {
            throw violation("job \(job.id) was told to be \(job.stage) before that was stored")
        }
    }

    private mutating func end(_ record: JobRecord) throws {
        if !record.scheduling.isVolatile, store.jobs[record.id]?.outcome != record.outcome {
            throw violation("the end of job \(record.id) was told before it was stored")
        }
        guard checks.end(record.id) else { throw violation("job \(record.id) ended twice") }
        if mistake == .lockKept, let pipeline = pipelines[record.id], checks.taken[record.id]?.locks.isEmpty == false {
            _ = state.queue.resume(OpenJob(pipeline, checks.taken[record.id] ?? JobTraits()))
        }
        pipelines[record.id] = nil
    }

    private mutating func run(_ index: Int, of id: JobID) throws {
        let name = "\(id) \(index)"
        if let node = pipelines[id]?.record.commands[index].node, absence.owing.contains(node) {
            return absence.hold(id, index, on: node)
        }
        if let rival = checks.begin(id) { throw violation("job \(id) ran while job \(rival) held its lock") }
        let commands = pipelines[id]?.record.commands ?? []
        let isBusy = commands.indices.contains { other in
            other != index && commands[other].node == commands[index].node && commands[other].startedAt != nil
                && commands[other].endedAt == nil
        }
        if isBusy { throw violation("job \(id) ran two commands on one node at a time") }
        if let outcome = outcomes[name] { return later(.commandEnded(id, step: index, outcome)) }
        let outcome: CommandOutcome =
            switch random.next(below: 10) {
            case 0: .failed(code: 1, message: "no")
            case 1: .timedOut
            default: .ok(.null)
            }
        outcomes[name] = outcome
        later(.commandEnded(id, step: index, outcome))
    }

    private mutating func finding(_ jobs: [JobID], _ token: Int, isChange: Bool) -> Input {
        var examination = Examination(token: token)
        var base = state.head
        if isChange, chance(1, of: 20) { return .fileExamined(token: token, chance(1, of: 2) ? .same : .behind) }
        for id in jobs {
            guard let record = state.queue[id]?.record else { continue }
            if let expected = record.expectedRevision, expected != base.revision {
                let isLost = base.revision == state.head.revision
                examination.verdicts.append(
                    (id, isLost ? .refused(JobError(.revisionConflict, "It is another one.")) : .undecided))
            } else if chance(1, of: 12) {
                examination.verdicts.append((id, .refused(JobError(.objectExists, "It is there."))))
            } else if record.type == "change" {
                let conclusion = conclusion(of: id, on: base)
                examination.verdicts.append((id, .settled(base: base.revision, conclusion)))
                if let revision = conclusion.revision { base = base.following(revision.document, revision.record) }
            } else {
                examination.verdicts.append(
                    (id, .accepted(base: base.revision, commands(of: record.type), changes: StateChanges())))
            }
        }
        return .examined(examination)
    }

    /// On one node one after the other; on several some of them side by side.
    private mutating func commands(of type: String) -> [CommandRecord] {
        (0..<(type == "look" ? 1 : nodes + 1)).map { index in
            let node = nodes > 1 ? random.next(below: nodes) : 0
            var command = CommandRecord(
                action: "c\(index)", node: Self.node + node, arguments: [:], undo: index < nodes ? "u" : nil)
            command.isBeside = nodes > 1 && index > 0 && chance(1, of: 2)
            return command
        }
    }

    private mutating func conclusion(of id: JobID, on head: PublishedConfiguration) -> Conclusion {
        guard state.queue[id]?.traits.changesConfiguration == true, !chance(1, of: 8) else {
            return Conclusion(output: nil, revision: nil)
        }
        return Conclusion(
            output: nil, revision: SettledRevision(Document(), Self.revision(head.revision + 1, job: id)))
    }

    private static func revision(_ number: Int, job: JobID? = nil) -> RevisionRecord {
        RevisionRecord(
            number: number, text: "\(number)", sha256: "", checksum: "", job: job, user: "admin",
            at: Timestamp(milliseconds: 0))
    }

    // MARK: Terms

    /// Ends the term: by a crash, which forgets all but the disk, or because another one began.
    private mutating func restart(isCrash: Bool) {
        var contents = store.contents
        if mistake == .undoForgotten { contents.keptUndos = [] }
        absence.endTerm()
        if mistake == .numberTwice { contents.nextNumber = max(1, contents.nextNumber - 2) }
        coming = isCrash ? [] : coming.filter { if case .commandEnded = $0.input { false } else { $0.input.isRequest } }
        unrecorded = []
        if isCrash {
            pipelines = [:]
            outcomes = [:]
            checks.crash()
        }
        state = EngineState(
            PublishedConfiguration().following(Document(), contents.head ?? Self.revision(1)),
            nextNumber: contents.nextNumber, limits: Self.limits)
        for rule in contents.rules { _ = state.process(.ruleResumed(rule), at: now) }
        let jobs =
            contents.openJobs.filter { $0.stage > .submitted } + contents.openJobs.filter { $0.stage == .submitted }
        // No request is taken before the open jobs are taken up.
        let owed: [(at: Int, input: Input)] =
            contents.keptUndos.isEmpty ? [] : [(clock, .undosResumed(contents.keptUndos))]
        coming =
            owed
            + jobs.map { job in
                let traits = checks.taken[job.id] ?? JobTraits(changesConfiguration: job.mode == .modify)
                if pipelines[job.id] == nil {
                    pipelines[job.id] = Pipeline(queued: job, changesConfiguration: traits.changesConfiguration)
                    return (clock, .resumed(ResumedJob(record: job, traits: traits, pipeline: nil)))
                }
                return (clock, .resumed(ResumedJob(record: job, traits: traits, pipeline: pipelines[job.id])))
            } + coming.map { (max($0.at, clock + 1), $0.input) }
        let open = Set(contents.openJobs.map(\.id))
        pipelines = pipelines.filter { open.contains($0.key) }
        checks.forget(allBut: open)
    }

    /// What the records come to is what the engine has.
    private func replay() throws {
        let contents = store.contents
        guard contents.head?.number == state.head.revision else {
            throw violation("the store's head is \(contents.head?.number ?? 0), the engine's \(state.head.revision)")
        }
        guard contents.rules.map(\.number) == state.queue.allRules.map(\.number).sorted() else {
            throw violation("the store has other rules than the engine")
        }
        try require(contents.openJobs.map(\.id), "are open in the store and not in the engine")
        let numbers = store.revisions.map(\.number)
        guard numbers == Array(1...numbers.count) else { throw violation("revisions have a gap: \(numbers)") }
    }
}

extension SequenceGenerator {
    fileprivate mutating func next(below bound: Int) -> Int { Int(next() % UInt64(bound)) }
}

extension Input {
    /// Whether somebody asks for it, and it holds in any term.
    var isRequest: Bool {
        switch self {
        case .submitted, .cancelled, .amended, .ruleAdded, .ruleRemoved: true
        default: false
        }
    }
}
