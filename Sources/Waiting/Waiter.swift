import Synchronization

/// One wait for one answer: the first that is given counts, whether it comes before anybody waits or after.
///
/// Made where the condition is looked at, under the same lock or on the same actor, so that no answer is missed between
/// the look and the wait.
package final class Waiter<Answer: Sendable>: Sendable {
    private enum State {
        case open([CheckedContinuation<Answer, Never>])
        case answered(Answer)
    }

    private let state = Mutex(State.open([]))
    private let onAnswer: @Sendable () -> Void

    /// A wait that is in no registry.
    package convenience init() { self.init {} }

    /// - Parameter onAnswer: Called once, before anybody goes on.
    init(onAnswer: @escaping @Sendable () -> Void) {
        self.onAnswer = onAnswer
    }

    /// How many have asked for the answer that is not there yet.
    package var callers: Int {
        state.withLock { if case .open(let waiting) = $0 { waiting.count } else { 0 } }
    }

    /// Whether the answer was given.
    package var isAnswered: Bool {
        state.withLock { if case .answered = $0 { true } else { false } }
    }

    /// Gives the answer.
    ///
    /// - Returns: Whether it is the first.
    @discardableResult
    package func resume(returning answer: Answer) -> Bool {
        let waiting = state.withLock { (state) -> [CheckedContinuation<Answer, Never>]? in
            guard case .open(let waiting) = state else { return nil }
            state = .answered(answer)
            return waiting
        }
        guard let waiting else { return false }
        onAnswer()
        for continuation in waiting { continuation.resume(returning: answer) }
        return true
    }

    /// The answer, however long it takes; cancelling the task changes nothing.
    package func answer() async -> Answer {
        await withCheckedContinuation { continuation in
            let given = state.withLock { (state) -> Answer? in
                switch state {
                case .answered(let answer): return answer
                case .open(let waiting):
                    state = .open(waiting + [continuation])
                    return nil
                }
            }
            if let given { continuation.resume(returning: given) }
        }
    }

    /// The answer, or this one at once when the task is cancelled first.
    package func answer(whenCancelled cancelled: Answer) async -> Answer {
        await withTaskCancellationHandler {
            await answer()
        } onCancel: {
            resume(returning: cancelled)
        }
    }

    /// The answer, or that of the alarm when the alarm comes first.
    ///
    /// - Parameter alarm: Such as the sleep of a clock; returns soon when its task is cancelled, which it is with the
    ///   caller's.
    package func answer(or alarm: @escaping @Sendable () async -> Answer) async -> Answer {
        await withTaskGroup { group in
            group.addTask { _ = self.resume(returning: await alarm()) }
            let answer = await answer()
            group.cancelAll()
            return answer
        }
    }
}
