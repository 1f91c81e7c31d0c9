import Access
import JobEngine
import Values
import Waiting

/// Commands as other members ask for them.
extension CommandService {
    /// How often it is said that a command goes on.
    static let beat = Duration.seconds(5)
    // The arguments of a command may have a whole file.
    private static let questionLimit = 32 << 20

    /// What other members may ask: `command` answers lines until the command has ended, also for one that was asked for
    /// before; `command-outcome` says what became of one, `command-cancel` asks one to stop. Who does not decide is refused.
    package nonisolated var routes: [PeerRoute] {
        [
            PeerRoute("command", questionLimit: Self.questionLimit) { (question) async throws(PeerFault) in
                guard let (asked, heard) = CommandForm.asked(question.body) else { throw Self.noCommand }
                try await self.entitle(question.node, asked.term)
                let work = try await self.take(asked)
                return .lines(self.lines(of: work, asked, after: heard))
            },
            PeerRoute("command-outcome") { (question) async throws(PeerFault) in
                guard let (key, _, term) = CommandForm.names(question.body) else { throw Self.noCommand }
                try await self.entitle(question.node, term)
                return .value(CommandForm.value(of: try await self.knowledge(of: key, term)))
            },
            PeerRoute("command-cancel") { (question) async throws(PeerFault) in
                guard let (key, order, term) = CommandForm.names(question.body) else { throw Self.noCommand }
                try await self.entitle(question.node, term)
                try await self.stop(key, order: order, in: term)
                return .value([:])
            },
        ]
    }

    private static let noCommand = PeerFault(.malformed, "The question names no command.")

    /// What a command says after a number, until it has ended.
    private nonisolated func lines(
        of work: RunningCommand, _ asked: AskedCommand, after heard: Int
    ) -> AsyncStream<Value> {
        // The last line is the one that counts, and is the newest.
        let (lines, tell) = AsyncStream.makeStream(of: Value.self, bufferingPolicy: .bufferingNewest(512))
        _ = work.listen(after: heard) { number, report in
            if case .terminated = tell.yield(CommandForm.value(of: .report(number, report))) { return false }
            return true
        }
        tell.onTermination = { reason in
            // Nobody can ask for it again.
            if case .cancelled = reason, !asked.isKept { work.stop.resume(returning: ()) }
        }
        let isTold = tasks.start {
            let result = await withTaskGroup { group in
                group.addTask { await self.beat(tell) }
                let result = await work.outcome.answer()
                group.cancelAll()
                return result
            }
            let last: CommandForm.Line =
                switch result {
                case .success(let outcome): .ended(outcome)
                case .failure(let fault): .fault(fault)
                }
            tell.yield(CommandForm.value(of: last))
            tell.finish()
        }
        if !isTold { tell.finish() }
        return lines
    }

    private nonisolated func beat(_ tell: AsyncStream<Value>.Continuation) async {
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + Self.beat)
            if case .terminated = tell.yield(CommandForm.value(of: .alive)) { return }
        }
    }

    // MARK: Of this node itself

    /// Does a command for who decides on this node.
    ///
    /// Cancelling the calling task asks the command to stop.
    func outcome(
        of asked: AskedCommand, report: @escaping @Sendable (CommandReport) -> Void
    ) async -> CommandOutcome {
        do throws(PeerFault) {
            let work = try await take(asked)
            let listener = work.listen { _, told in
                report(told)
                return true
            }
            defer { work.unlisten(listener) }
            return try await withTaskCancellationHandler {
                await work.outcome.answer()
            } onCancel: {
                work.stop.resume(returning: ())
            }.get()
        } catch {
            return .failed(code: 1, message: error.message)
        }
    }
}
