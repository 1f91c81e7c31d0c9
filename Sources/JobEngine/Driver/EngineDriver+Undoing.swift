import Access
import Logging
import Synchronization
import Waiting

/// What is owed to nodes that were away is handed over once they are back.
extension EngineDriver {
    /// So often an undo of which nobody knows what became of it is run again on a node that is there.
    private static let mostAttempts = 3

    /// Has what was kept run on its node, as soon as that is back; the term does not wait for that when it ends.
    nonisolated func handOver(_ undo: KeptUndo) {
        tasks.start { [self] in
            var attempts = 0
            while await isBack(undo.node) {
                inbox.beginWork()
                let outcome = await outcome(of: undo)
                attempts += 1
                let isSettled = outcome.settlesUndo || attempts >= Self.mostAttempts
                if isSettled, !outcome.wasNotAsked, environment.cluster.status.isThere(undo.node) {
                    report(outcome, of: undo)
                    tell(.undoSettled(undo.key, outcome))
                    return inbox.endWork()
                }
                inbox.endWork()
                if outcome.wasNotAsked { attempts = 0 }
                await environment.time.sleep(until: environment.time.monotonic + EngineState.pause)
            }
        }
    }

    /// Whether an undo is to be asked for once more: nobody was, as this node did not know for a moment that it decides.
    nonisolated func isAskedAgain(_ key: CommandTasks.Key, after outcome: CommandOutcome) async -> Bool {
        guard case .refused(let error) = outcome, error.code == .noMaster else { return false }
        await environment.time.sleep(until: environment.time.monotonic + EngineState.pause)
        guard !isEnded.isAnswered, !Task.isCancelled else { return false }
        environment.commands.remove(key)
        return true
    }

    /// Takes who is there now: what is owed to them is handed over.
    nonisolated func hear(_ status: ClusterStatus) {
        for node in status.members.keys where status.isThere(node) { returns.resume(node, returning: true) }
    }

    /// Waits until a node is there.
    ///
    /// - Returns: `false` when the term is over first, or nothing is owed to the node any more.
    private nonisolated func isBack(_ node: Int) async -> Bool {
        let wait = returns.add(node)
        let isOwed = environment.shared.owing.withLock { $0.contains(node) }
        if isEnded.isAnswered || Task.isCancelled || !isOwed { wait.resume(returning: false) }
        if environment.cluster.status.isThere(node) { wait.resume(returning: true) }
        return await wait.answer(whenCancelled: false)
    }

    private nonisolated func outcome(of undo: KeptUndo) async -> CommandOutcome {
        let definition = try? environment.catalogue.definition(undo.type)
        guard var command = definition?.undo(of: undo.command) else {
            return .failed(code: 1, message: "Nothing takes '\(undo.command.action)' back any more.")
        }
        command.isKept = true
        let (kept, environment) = (command, environment)
        let key = CommandTasks.Key(job: undo.job, step: undo.step, isUndo: true, isKept: true)
        let outcome = await environment.commands.outcome(of: key) {
            await environment.runner.run(kept, job: undo.job, step: undo.step) { _ in }
        }
        environment.commands.remove(key)
        return outcome
    }

    private nonisolated func report(_ outcome: CommandOutcome, of undo: KeptUndo) {
        let metadata: Logger.Metadata = [
            "job.id": "\(undo.job)", "step": "\(undo.step)", "action": "\(undo.command.action)", "node": "\(undo.node)",
        ]
        if outcome.isDone {
            environment.logger.notice("a command was taken back on a node that had been away", metadata: metadata)
        } else {
            environment.logger.error(
                "a command could not be taken back on a node that had been away: check it",
                metadata: metadata.merging(["cause": "\(outcome.words)"]) { $1 })
        }
    }

    /// What the audit log says of undos that were owed to nodes.
    nonisolated func audit(_ input: Input, of undos: [KeptUndo]) -> [AuditEvent] {
        let outcome: String
        switch input {
        case .undoSettled(_, .ok): outcome = "done"
        case .undoSettled(_, let other): outcome = "failed: \(other.words)"
        case .left: outcome = "dropped: the node is no member any more"
        default: return []
        }
        return undos.map { undo in
            AuditEvent(
                kind: .takenBack, time: environment.time.now, method: .internal, detail: outcome,
                fields: [
                    "job_id": undo.job.description, "step": String(undo.step), "action": undo.command.action,
                    "node": String(undo.node),
                ])
        }
    }
}

extension ClusterStatus {
    /// Whether a node takes part and is not there now; this node always is.
    func isAway(_ node: Int) -> Bool { node != ownNode && members[node]?.isPresent == false }

    /// Whether a node takes part and is there; one that was removed is not.
    func isThere(_ node: Int) -> Bool { node == ownNode || members[node]?.isPresent == true }
}

extension CommandOutcome {
    /// Whether nobody was asked, or whoever was asked was stopped: that says nothing of the command.
    fileprivate var wasNotAsked: Bool {
        switch self {
        case .refused(let error): error.code == .noMaster
        case .cancelled: true
        case .ok, .stored, .failed, .lost, .timedOut: false
        }
    }

    /// Whether it is known what became of an undo.
    fileprivate var settlesUndo: Bool { if case .lost = self { false } else { !wasNotAsked } }

    /// For people.
    fileprivate var words: String {
        switch self {
        case .ok, .stored: "done"
        case .failed(_, let message), .lost(let message): message
        case .refused(let error): error.message
        case .timedOut: "it did not end in time"
        case .cancelled: "it was stopped"
        }
    }
}
