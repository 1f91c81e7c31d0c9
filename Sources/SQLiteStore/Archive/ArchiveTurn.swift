import JobEngine
import Synchronization
import Waiting

/// Whose turn it is to write archives: one at a time, in the order of asking.
final class ArchiveTurn: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [Waiter<Bool>] = []
    }

    private let state = Mutex(State())

    /// Returns when it is the caller's turn, who has to ``release()`` it.
    ///
    /// - Throws: `unavailable` when the task is cancelled while it waits.
    func take() async throws(StoreError) {
        let waiter = Waiter<Bool>()
        let isFree = state.withLock { state in
            guard state.isTaken else {
                state.isTaken = true
                return true
            }
            state.waiting.append(waiter)
            return false
        }
        if isFree { return }
        guard await waiter.answer(whenCancelled: false) else {
            throw .unavailable("whoever writes archives now was not waited for")
        }
    }

    /// Ends the turn.
    func release() {
        state.withLock { state in
            while !state.waiting.isEmpty {
                // One that gave up is passed over.
                if state.waiting.removeFirst().resume(returning: true) { return }
            }
            state.isTaken = false
        }
    }
}
