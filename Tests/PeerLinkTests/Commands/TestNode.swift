import EXAConf
import JobEngine
import Support
import Synchronization
import Testing
import Values
import Waiting

@testable import PeerLink

/// Where a node is with a command when something happens to it.
enum CommandPoint: CaseIterable {
    /// It is in the journal and has done nothing.
    case begun
    /// It has done part of its work.
    case acting
    /// It has done all, and the journal does not know.
    case ended
    /// The journal knows.
    case recorded
}

/// What commands did on a node, over all lives of its daemon.
final class Effects: Sendable {
    private struct State {
        var running: [CommandKey] = []
        var begun: [CommandKey] = []
        var violations: [String] = []
    }

    private let state = Mutex(State())

    func begin(_ key: CommandKey) {
        state.withLock { state in
            if let other = state.running.first(where: { $0.job == key.job }) {
                state.violations.append("\(key) beside \(other)")
            }
            state.running.append(key)
            state.begun.append(key)
        }
    }

    func end(_ key: CommandKey) {
        state.withLock { state in
            if let place = state.running.firstIndex(of: key) { state.running.remove(at: place) }
        }
    }

    /// What ran ends with the daemon.
    func abort() { state.withLock { $0.running = [] } }

    /// In the order in which they began.
    var begun: [CommandKey] { state.withLock { $0.begun } }
    var violations: [String] { state.withLock { $0.violations } }

    func count(_ step: Int = 0, isUndo: Bool = false) -> Int { begun.count { $0.step == step && $0.isUndo == isUndo } }
}

/// A node whose daemon can be killed, with what is on its disk.
final class TestNode: Sendable {
    private struct State {
        var life = 0
        var service: CommandService?
        var work: Task<Void, Never>?
    }

    let number: Int
    let effects = Effects()
    let disk = MemoryJournal()
    let time: ManualTime
    /// Called where a command is; whoever it is told to waits.
    let reached = Mutex<(@Sendable (CommandPoint, CommandKey) async -> Void)?>(nil)
    /// What it finds in etcd.
    let witness = SomeWitness()
    /// Who decides as far as it knows.
    let master = Mutex<Int?>(nil)
    /// Where it keeps answers that are too long for records.
    let answers = Mutex<AnswerFiles?>(nil)
    /// What commands answer.
    let answer = Mutex<@Sendable (Command) async -> CommandOutcome>({ .ok(["did": .string($0.action)]) })
    private let state = Mutex(State())

    init(_ number: Int, time: ManualTime) {
        (self.number, self.time) = (number, time)
        start()
    }

    deinit { state.withLock { $0.work?.cancel() } }

    var life: Int { state.withLock { $0.life } }
    var service: CommandService? { state.withLock { $0.service } }

    func start(recovery: any CommandRecovery = NoCommandRecovery()) {
        let life = life
        let service = CommandService(
            LifeRunner(node: self, life: life), journal: LifeJournal(node: self, life: life), recovery: recovery,
            answers: answers.withLock { $0 }, witness: witness, time: time,
            master: { [weak self] in self?.master.withLock { $0 } ?? nil })
        let work = Task { await service.run() }
        state.withLock { ($0.service, $0.work) = (service, work) }
    }

    /// Ends the daemon at once; nobody hears of it.
    func kill() async {
        let (service, work) = state.withLock { state in
            state.life += 1
            defer { (state.service, state.work) = (nil, nil) }
            return (state.service, state.work)
        }
        effects.abort()
        await service?.close()
        work?.cancel()
    }

    func reach(_ point: CommandPoint, _ key: CommandKey, in life: Int) async {
        guard life == self.life else { return }
        await reached.withLock { $0 }?(point, key)
    }
}

/// Does commands as long as the daemon it belongs to lives.
private struct LifeRunner: NodeRunner {
    let node: TestNode
    let life: Int

    func run(
        _ command: Command, job: JobID, step: Int, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        let key = CommandKey(job: job, step: step, isUndo: command.isUndo)
        guard life == node.life else { return .cancelled }
        node.effects.begin(key)
        report(.line("\(command.action) begins"))
        await node.reach(.acting, key, in: life)
        let outcome = await node.answer.withLock { $0 }(command)
        if life == node.life { node.effects.end(key) }
        await node.reach(.ended, key, in: life)
        return outcome
    }

    func install(
        _ revision: RevisionRecord, of document: Document, suspended: Set<Int>
    ) async throws(InstallError) -> [Acknowledgement] { [] }

    func readConfiguration() async throws(InstallError) -> [UInt8]? { nil }

    func configurationWasTouched() async -> Bool { false }
}

/// The journal on the disk of a node, for one life of its daemon.
private struct LifeJournal: CommandJournal {
    let node: TestNode
    let life: Int

    private func live() throws(StoreError) {
        guard life == node.life else { throw .unavailable("the daemon is dead") }
    }

    func marks() async throws(StoreError) -> CommandMarks {
        try live()
        return try await node.disk.marks()
    }

    func raise(to term: CommandTerm) async throws(StoreError) {
        try live()
        try await node.disk.raise(to: term)
    }

    func commands(of job: JobID, step: Int) async throws(StoreError) -> [JournaledCommand] {
        try live()
        return try await node.disk.commands(of: job, step: step)
    }

    func begin(_ command: JournaledCommand) async throws(StoreError) -> CommandMarks {
        try live()
        let marks = try await node.disk.begin(command)
        await node.reach(.begun, command.key, in: life)
        try live()
        return marks
    }

    func end(_ command: JournaledCommand, _ outcome: CommandOutcome, at time: Timestamp) async throws(StoreError) {
        try live()
        try await node.disk.end(command, outcome, at: time)
        await node.reach(.recorded, command.key, in: life)
    }
}

/// A journal in memory.
final class MemoryJournal: CommandJournal {
    private struct State {
        var marks = CommandMarks()
        var commands: [CommandKey: JournaledCommand] = [:]
        var isFull = false
    }

    private let state = Mutex(State())

    var commands: [JournaledCommand] { state.withLock { Array($0.commands.values) } }

    func fill(_ isFull: Bool = true) { state.withLock { $0.isFull = isFull } }

    func forget(upTo order: CommandOrder) {
        state.withLock { state in
            state.marks.forgotten = order
            state.commands = state.commands.filter { $0.value.order > order }
        }
    }

    func marks() async throws(StoreError) -> CommandMarks { state.withLock { $0.marks } }

    func raise(to term: CommandTerm) async throws(StoreError) {
        state.withLock { state in
            if state.marks.term.map({ $0 < term }) ?? true { state.marks.term = term }
        }
    }

    func commands(of job: JobID, step: Int) async throws(StoreError) -> [JournaledCommand] {
        state.withLock { state in state.commands.values.filter { $0.key.job == job && $0.key.step == step } }
    }

    func begin(_ command: JournaledCommand) async throws(StoreError) -> CommandMarks {
        try state.withLock { (state) throws(StoreError) in
            if state.isFull { throw .full("no room") }
            if !command.key.isUndo {
                state.commands[CommandKey(job: command.key.job, step: command.key.step, isUndo: true)] = nil
            }
            state.commands[command.key] = command
            return state.marks
        }
    }

    func end(_ command: JournaledCommand, _ outcome: CommandOutcome, at time: Timestamp) async throws(StoreError) {
        try state.withLock { (state) throws(StoreError) in
            if state.isFull { throw .full("no room") }
            guard state.commands[command.key]?.order == command.order else { return }
            state.commands[command.key]?.outcome = outcome
        }
    }
}
