import Access
import JobEngine

extension ActionCall {
    /// Does work that takes long, and cancels it when the time of the command is over.
    ///
    /// - Throws: `timedOut` when the time was over first, else what the work throws.
    func bounded<Result: Sendable>(
        _ work: @escaping @Sendable () async throws(ActionError) -> Result
    ) async throws(ActionError) -> Result {
        try check()
        let outcome = await Race.outcome(of: work) { await time.sleep(until: end) }
        guard let outcome else { throw Task.isCancelled ? .cancelled : .timedOut }
        return try outcome.get()
    }

    /// The same call with no more than this time left.
    func within(_ limit: Duration) -> ActionCall {
        with(arguments: arguments, end: min(end, time.monotonic + limit))
    }

    /// Does what has to be done although the command is late or was cancelled; it has this long.
    func afterwards(within limit: Duration, _ work: @escaping @Sendable (ActionCall) async -> Void) async {
        let late = with(arguments: arguments, end: time.monotonic + limit)
        // A task of its own is not cancelled along with the command.
        await Task { await work(late) }.value
    }

    func with(arguments: [String: Value], end: Duration) -> ActionCall {
        ActionCall(
            arguments: arguments, root: root, files: files, job: job, step: step, time: time, end: end,
            report: report)
    }
}
