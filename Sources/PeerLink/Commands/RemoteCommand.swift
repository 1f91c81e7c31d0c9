import Access
import JobEngine
import Synchronization
import Waiting

/// A command on another member: asked for until it is known what became of it.
///
/// It may be sent more than once, always as the same one, which that node does once. Before it is sent again that node is asked
/// what it knows of it.
struct RemoteCommand: Sendable {
    let asked: AskedCommand
    let caller: any PeerCaller
    let cluster: any Cluster
    let time: any TimeSource
    let term: @Sendable () -> CommandTerm?
    let owing: OwingNodes
    let report: @Sendable (CommandReport) -> Void

    /// A node that is not present and does not answer for so long is lost.
    static let patience = Duration.seconds(20)
    private static let callLimit = Duration.seconds(5)
    private static let firstPause = Duration.milliseconds(250)
    private static let longestPause = Duration.seconds(2)

    /// What is known so far.
    private struct Progress {
        /// When the node was heard of last.
        var contact: Duration
        /// Whether it may have been begun there.
        var mayHaveBegun = false
        /// The number of the last thing it said.
        var heard = 0
        var pause = RemoteCommand.firstPause
    }

    private enum Attempt {
        case ended(CommandOutcome)
        case again
    }

    /// How it ended, or that the node was lost.
    ///
    /// - Parameter stop: Answered when the command is to stop.
    func outcome(stop: Waiter<Void>) async -> CommandOutcome {
        await withTaskGroup { group in
            group.addTask {
                await stop.answer(whenCancelled: ())
                await self.tellToStop()
            }
            let outcome = await self.outcome(isStopped: { stop.isAnswered })
            group.cancelAll()
            return outcome
        }
    }

    private func outcome(isStopped: () -> Bool) async -> CommandOutcome {
        var progress = Progress(contact: time.monotonic)
        let end = time.monotonic + asked.command.deadline + (canBeMissed ? .zero : Self.patience)
        while !Task.isCancelled {
            if isStopped(), !progress.mayHaveBegun { return .cancelled }
            guard let peer else { return failure(progress.mayHaveBegun, notMember) }
            guard let term = term() else { return deposed(progress.mayHaveBegun) }
            switch await attempt(AskedCommand(asked, in: term), of: peer, &progress) {
            case .ended(let outcome): return outcome
            case .again: break
            }
            let now = time.monotonic
            if now - progress.contact >= patience, !isPresent {
                return isReplaced ? .timedOut : failure(progress.mayHaveBegun, "Node \(node) was lost.")
            }
            if now >= end {
                return progress.mayHaveBegun || isReplaced
                    ? .timedOut : failure(false, "Node \(node) could not be reached in time.")
            }
            await time.sleep(until: now + progress.pause)
            progress.pause = min(Self.longestPause, progress.pause * 2)
        }
        return failure(progress.mayHaveBegun, "The daemon was stopped before node \(node) had told how it ended.")
    }

    /// Whether something else stands for an answer that does not come in time.
    private var isReplaced: Bool { asked.command.answerIfSilent != nil }
    /// Whether whoever asks can do without the answer: then a node is waited for no longer than the command may take.
    private var canBeMissed: Bool { isReplaced || asked.command.isOptional }
    private var patience: Duration { canBeMissed ? min(Self.patience, asked.command.deadline) : Self.patience }
    private var node: Int { asked.command.node }
    private var notMember: String { "Node \(node) is no member of the cluster." }
    private var isPresent: Bool { cluster.status.members[node]?.isPresent ?? false }
    private var peer: PeerAddress? {
        cluster.status.members[node].map { PeerAddress(node: node, address: $0.address, port: $0.peerPort) }
    }

    private func failure(_ mayHaveBegun: Bool, _ text: String) -> CommandOutcome {
        // Of what is owed to a node nothing is known before it has said so.
        mayHaveBegun || asked.command.isKept ? .lost(text) : .failed(code: 1, message: text)
    }

    private func deposed(_ mayHaveBegun: Bool) -> CommandOutcome {
        let text = "Another node decides since."
        return mayHaveBegun ? .lost(text) : .refused(JobError(.noMaster, text))
    }

    private func attempt(
        _ asked: AskedCommand, of peer: PeerAddress, _ progress: inout Progress
    ) async -> Attempt {
        do throws(PeerFault) {
            if progress.mayHaveBegun, asked.isKept {
                let told = try await caller.ask(
                    "command-outcome", CommandForm.names(of: asked), of: peer, within: min(Self.callLimit, patience))
                progress.contact = time.monotonic
                guard let known = CommandForm.known(told) else {
                    throw PeerFault(.malformed, "Node \(node) said something else than what became of the command.")
                }
                if case .ended(let outcome) = known { return .ended(outcome) }
            } else if progress.mayHaveBegun {
                return .ended(.lost("The connection to node \(node) was cut."))
            }
            // What is owed to the node comes first.
            if owing.holdsBack(asked) { return .again }
            return .ended(try await follow(asked, of: peer, &progress))
        } catch {
            switch error.code {
            // A stranger in its place has done nothing.
            case .unreachable, .stranger: return .again
            // A node that cannot say what became of it, such as by a journal that cannot be read, may have begun it before.
            case .refused, .malformed, .unknownRoute, .missing, .lowerTerm, .notMember:
                return .ended(failure(progress.mayHaveBegun, error.message))
            }
        }
    }

    /// Asks for it, and hears what it says until it has ended.
    private func follow(
        _ asked: AskedCommand, of peer: PeerAddress, _ progress: inout Progress
    ) async throws(PeerFault) -> CommandOutcome {
        let body = CommandForm.value(of: asked, heard: progress.heard)
        do {
            for try await told in caller.lines("command", body, of: peer, silence: patience) {
                progress.contact = time.monotonic
                progress.pause = Self.firstPause
                switch CommandForm.line(told) {
                case .alive: progress.mayHaveBegun = true
                case .ended(let outcome): return outcome
                case .fault(let fault): throw fault
                case .report(let number, let said):
                    progress.mayHaveBegun = true
                    if number > progress.heard {
                        progress.heard = number
                        report(said)
                    }
                case nil: throw PeerFault(.unreachable, "Node \(node) said something that is no line.")
                }
            }
        } catch let fault as PeerFault {
            if fault.code == .unreachable, fault.wasSent { progress.mayHaveBegun = true }
            throw fault
        } catch {
            progress.mayHaveBegun = true
            throw PeerFault(.unreachable, "The answer of node \(node) broke off: \(error)")
        }
        progress.mayHaveBegun = true
        throw PeerFault(.unreachable, "The answer of node \(node) ended early.")
    }

    /// Has the node stop it, until that node knows or it has ended.
    private func tellToStop() async {
        while !Task.isCancelled, asked.isKept {
            if let peer, let term = term() {
                let body = CommandForm.names(of: AskedCommand(asked, in: term))
                do throws(PeerFault) {
                    _ = try await caller.ask("command-cancel", body, of: peer, within: Self.callLimit)
                    return
                } catch {
                    // Who decides since looks after it.
                    if error.code == .lowerTerm { return }
                }
            }
            await time.sleep(until: time.monotonic + Self.firstPause)
        }
    }
}

extension AskedCommand {
    /// The same command, asked for in a later term.
    fileprivate init(_ asked: AskedCommand, in term: CommandTerm) {
        self.init(
            asked.command, job: asked.key.job, step: asked.key.step, order: asked.order, term: term)
    }
}
