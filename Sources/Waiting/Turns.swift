import Synchronization

/// Lets one through at a time, in the order in which they came.
package final class Turns: Sendable {
    private struct State {
        var isTaken = false
        var waiting: [Waiter<Void>] = []
    }

    private let state = Mutex(State())

    /// It is nobody's turn.
    package init() {}

    /// How many wait for theirs.
    var waiting: Int { state.withLock { $0.waiting.count } }

    /// Returns when it is the caller's turn, which ends with ``end()``.
    package func begin() async {
        let waiter = state.withLock { (state) -> Waiter<Void>? in
            guard state.isTaken else {
                state.isTaken = true
                return nil
            }
            let waiter = Waiter<Void>()
            state.waiting.append(waiter)
            return waiter
        }
        await waiter?.answer()
    }

    /// Lets the next one through.
    package func end() {
        let next = state.withLock { (state) -> Waiter<Void>? in
            // Whoever waits has it without a moment in which somebody else could take it.
            if !state.waiting.isEmpty { return state.waiting.removeFirst() }
            state.isTaken = false
            return nil
        }
        next?.resume(returning: ())
    }
}
