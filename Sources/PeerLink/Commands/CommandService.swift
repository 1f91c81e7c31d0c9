package import Access
import Certificates
import ClusterLog
package import JobEngine
package import Logging
import Values
import Waiting

/// Does on this node what jobs ask of it, whoever decides: each command once, of a job one at a time, and what takes a
/// command back never beside it.
///
/// A command is in the journal before it does anything, and with its outcome when it has ended. Who asks once more for the same
/// one gets what the first came to. Requests of a term before the highest that was heard of are refused, and so are those of
/// other nodes unless they decide: a member that was taken over is not root of the others.
package actor CommandService {
    private let runner: any NodeRunner
    let journal: any CommandJournal
    private let recovery: any CommandRecovery
    nonisolated let answers: AnswerFiles?
    private let witness: any TermWitness
    private let master: @Sendable () -> Int?
    nonisolated let time: any TimeSource
    private let logger: Logger
    /// Has the commands that run.
    nonisolated let tasks = TaskRegistry()
    /// Known to this process alone.
    private let secret = SecureRandom.bytes(32)
    /// Read from the journal with the first request.
    private var marks: CommandMarks?
    /// Of each job, what was taken and has not ended.
    var working: [JobID: RunningCommand] = [:]
    var latest = LatestOutcomes()
    private var isClosed = false

    /// - Parameters:
    ///   - runner: Does commands on this machine.
    ///   - recovery: Finds out what became of commands the end of a daemon cut off.
    ///   - answers: Keeps those that are too long for the records of their jobs; without it they are lost.
    ///   - witness: Asked whether a node decides in a term this one has not heard of.
    ///   - master: Who decides as far as this node knows; `nil` for nobody.
    package init(
        _ runner: any NodeRunner, journal: any CommandJournal, recovery: any CommandRecovery = NoCommandRecovery(),
        answers: AnswerFiles? = nil, witness: any TermWitness, time: any TimeSource = SystemTimeSource(),
        logger: Logger = Logger(label: "commands"), master: @escaping @Sendable () -> Int?
    ) {
        self.runner = runner
        self.journal = journal
        self.recovery = recovery
        self.answers = answers
        (self.witness, self.master) = (witness, master)
        self.time = time
        self.logger = logger
    }

    /// Does commands until the service is closed and all of them have ended; before, those that are asked for wait.
    ///
    /// Cancelling the calling task asks all of them to stop.
    package nonisolated func run() async { await tasks.run() }

    /// Takes no command any more.
    package func close() {
        isClosed = true
        tasks.close()
    }

    // MARK: Taking

    /// Takes a command, or finds that it was taken before; waits while another of its job runs here.
    ///
    /// - Throws: ``PeerFault`` when it is not done; it was not begun then.
    func take(_ asked: AskedCommand) async throws(PeerFault) -> RunningCommand {
        try await admit(asked.term)
        let digest = asked.isKept ? asked.digest(secret) : ""
        while asked.isKept, let other = working[asked.key.job] {
            if other.key == asked.key {
                if other.digest == digest || other.digest.isEmpty { return other }
                guard asked.command.isRepeatable, asked.order > other.order else {
                    throw PeerFault(.refused, "Another command runs for this step.")
                }
                // Its job is planned anew.
                other.stop.resume(returning: ())
            }
            if asked.key.isUndo, other.key.step == asked.key.step {
                guard asked.order > other.order else {
                    throw PeerFault(.refused, "The command of this step was begun again meanwhile.")
                }
                other.stop.resume(returning: ())
            }
            _ = await other.outcome.answer()
        }
        let work = RunningCommand(asked.key, order: asked.order, digest: digest)
        if asked.isKept { working[asked.key.job] = work }
        let isTaken = !isClosed && tasks.start { await self.carry(work, asked) }
        if !isTaken { finish(work, .failure(PeerFault(.refused, "The daemon of this node is being stopped."))) }
        return work
    }

    /// Lets a node ask: it decides, as far as this node knows, in the term that was heard of; or etcd says that it does.
    ///
    /// - Throws: ``PeerFault``: `lower-term` for a node that does not decide, `unreachable` when nobody can tell now.
    func entitle(_ node: Int?, _ term: CommandTerm) async throws(PeerFault) {
        guard let node else { throw PeerFault(.stranger, "Only a node may ask this.") }
        do throws(StoreError) {
            try await readMarks()
            try fence(term)
        } catch {
            throw Self.fault(error)
        }
        if marks?.term == term, master() == node { return }
        switch await witness.word(on: Term(generation: term.generation, epoch: term.epoch), of: node) {
        case .holds: return
        case .doesNotHold: throw PeerFault(.lowerTerm, "Node \(node) does not decide in the term it names.")
        case .unknown: throw PeerFault(.unreachable, "This node cannot find out now whether node \(node) decides.")
        }
    }

    /// - Throws: ``PeerFault`` for a lower term than was heard of before.
    func admit(_ term: CommandTerm) async throws(PeerFault) {
        do throws(StoreError) {
            try await readMarks()
            try fence(term)
            guard marks?.term != term else { return }
            marks?.term = term
            do throws(StoreError) {
                try await journal.raise(to: term)
            } catch {
                // It is read again: what is not on the disk does not count.
                marks = nil
                throw error
            }
        } catch {
            throw Self.fault(error)
        }
    }

    private func readMarks() async throws(StoreError) {
        guard marks == nil else { return }
        let read = try await journal.marks()
        if marks == nil { marks = read }
    }

    /// Does nothing unless the term is the highest that was heard of.
    private func fence(_ term: CommandTerm) throws(StoreError) {
        if let highest = marks?.term, term < highest { throw .deposed }
    }

    static func fault(_ error: StoreError) -> PeerFault {
        switch error {
        case .deposed: PeerFault(.lowerTerm, "Another node decides since.")
        default: PeerFault(.refused, "The journal of commands cannot be used: \(error)")
        }
    }

    func finish(_ work: RunningCommand, _ result: Result<CommandOutcome, PeerFault>) {
        if working[work.key.job] === work { working[work.key.job] = nil }
        work.outcome.resume(returning: result)
    }

    // MARK: Doing

    private func carry(_ work: RunningCommand, _ asked: AskedCommand) async {
        do throws(StoreError) {
            // From here on who asks about it is told that it runs: a term that began before has nothing begun behind its back.
            try fence(asked.term)
            guard asked.isKept else { return finish(work, .success(await perform(asked, work))) }
            finish(work, try await result(of: work, asked))
        } catch {
            finish(work, .failure(Self.fault(error)))
        }
    }

    private func result(
        of work: RunningCommand, _ asked: AskedCommand
    ) async throws(StoreError) -> Result<CommandOutcome, PeerFault> {
        let mayRepeat = asked.command.isRepeatable
        var wasCutOff = false
        while true {
            let known = try await known(of: asked.key)
            // It begins after what is settled has ended.
            var command = asked.journaled(at: Timestamp(milliseconds: Int(time.now)), secret: secret)
            var verdict = CommandVerdict(command, among: known, mayRepeat: mayRepeat)
            // The daemon was restarted while it ran, and this is the first who asks since.
            if wasCutOff, mayRepeat, case .ended(.lost) = verdict { verdict = .begin }
            switch verdict {
            case .ended(let outcome): return .success(outcome)
            case .refuse(let text): return .failure(PeerFault(.refused, text))
            case .settle(let lost):
                await settle(lost)
                wasCutOff = !lost.key.isUndo
            case .begin:
                if known.isEmpty, let forgotten = marks?.forgotten, asked.order <= forgotten {
                    return .failure(PeerFault(.refused, "The request is too old."))
                }
                let isNeeded = isNeeded(asked, known)
                try await begin(command)
                command.outcome =
                    work.stop.isAnswered ? .cancelled : isNeeded ? await perform(asked, work) : .ok(.null)
                return .success(await end(command, asked.command))
            }
        }
    }

    /// Whether there is anything to be done. A command that never arrived needs no taking back: that it was taken back is written
    /// down, so that it does not begin when it arrives late.
    private func isNeeded(_ asked: AskedCommand, _ known: [JournaledCommand]) -> Bool {
        !asked.command.isKept || !known.isEmpty || marks?.forgotten != nil
    }

    /// What is remembered of a step, with the outcomes that are not in the journal as they were.
    func known(of key: CommandKey) async throws(StoreError) -> [JournaledCommand] {
        try await journal.commands(of: key.job, step: key.step).map { command in
            var command = command
            command.outcome = latest[command] ?? command.outcome
            return command
        }
    }

    func begin(_ command: JournaledCommand) async throws(StoreError) {
        latest.remove(command.key)
        let told = try await journal.begin(command)
        // Another request may have raised the term meanwhile.
        marks?.forgotten = told.forgotten
    }

    private func perform(_ asked: AskedCommand, _ work: RunningCommand) async -> CommandOutcome {
        let (runner, command, key) = (runner, asked.command, asked.key)
        let outcome = await withTaskGroup(of: CommandOutcome?.self) { group in
            group.addTask { await runner.run(command, job: key.job, step: key.step) { work.report($0) } }
            group.addTask {
                await work.stop.answer(whenCancelled: ())
                return nil
            }
            var outcome: CommandOutcome?
            while outcome == nil, let ended = await group.next() {
                outcome = ended
                // Either it has ended, or it is to.
                group.cancelAll()
            }
            return outcome ?? .cancelled
        }
        return await bounded(outcome, of: asked)
    }

    /// Writes down how a command ended; that it could not be written changes nothing of it.
    private func end(_ ended: JournaledCommand, _ command: Command?) async -> CommandOutcome {
        let outcome = ended.outcome ?? .lost("Nobody knows how it ended.")
        latest.insert(outcome, of: ended)
        let kept = command.map { outcome.kept(of: $0) } ?? outcome
        do throws(StoreError) {
            try await journal.end(ended, kept, at: Timestamp(milliseconds: Int(time.now)))
        } catch {
            logger.error(
                "the end of a command is not in the journal",
                metadata: ["job.id": "\(ended.key.job)", "step": "\(ended.key.step)", "cause": "\(error)"])
        }
        return outcome
    }

    /// Finds out what became of a command that was cut off.
    private func settle(_ lost: JournaledCommand) async {
        var lost = lost
        lost.outcome =
            await recovery.outcome(of: lost)
            ?? .lost("The daemon of this node was restarted while '\(lost.action)' ran: nobody knows how far it came.")
        _ = await end(lost, nil)
    }
}
