import Access
import JobEngine
import Waiting

extension ActionCall {
    /// Does work that takes long, and cancels it when the time of the command is over.
    ///
    /// - Throws: `timedOut` when the time was over first, else what the work throws.
    func bounded<Result: Sendable>(
        _ work: @escaping @Sendable () async throws(ActionError) -> Result
    ) async throws(ActionError) -> Result {
        try check()
        do throws(Interruption<ActionError>) {
            return try await withDeadline({ await time.sleep(until: end) }, work)
        } catch {
            throw error.actionError(.timedOut)
        }
    }

    /// The same call with no more than this time left.
    func within(_ limit: Duration) -> ActionCall {
        with(end: min(end, time.monotonic + limit))
    }

    /// Does what has to be done although the command is late or was cancelled; it has this long.
    func afterwards(within limit: Duration, _ work: @escaping @Sendable (ActionCall) async -> Void) async {
        let late = with(end: time.monotonic + limit)
        // A task of its own is not cancelled along with the command.
        await Task { await work(late) }.value
    }

    /// The same call with another end.
    func with(end: Duration) -> ActionCall {
        ActionCall(root: root, files: files, job: job, step: step, time: time, end: end, report: report)
    }
}

extension Interruption<ActionError> {
    /// What a command ends with.
    ///
    /// - Parameter late: Its end when the deadline was first.
    func actionError(_ late: ActionError) -> ActionError {
        switch self {
        case .deadline: late
        case .cancelled: .cancelled
        case .failed(let error): error
        }
    }
}
