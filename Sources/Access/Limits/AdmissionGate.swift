import Synchronization
import Waiting

/// Lets requests of users in: all of a user who is alone, few at a time while several users ask, who then take turns.
///
/// One user's load then costs another little, however many connections it comes by. Nobody is slowed for being fast.
package final class AdmissionGate: Sendable {
    private struct State {
        var queue: RequestQueue
        var callers: [UInt64: Waiter<UInt64>] = [:]
        var hasAlarm = false
    }

    /// A request that takes longer than this waits for something, such as a slow disk, and another one gets its turn.
    private static let longestTurn = Duration.milliseconds(5)

    private let limits: RateLimits
    private let time: any TimeSource
    private let state: Mutex<State>

    /// A gate with nobody in line. Without turns in `limits` it stands open.
    package init(_ limits: RateLimits, _ time: any TimeSource) {
        self.limits = limits
        self.time = time
        state = Mutex(State(queue: RequestQueue(limits)))
    }

    /// Waits for the user's turn; `nil` when the gate stands open. Whoever gets a turn has to end it.
    ///
    /// - Throws: `rateLimited` when as many requests of the user stand in line as may.
    package func enter(_ user: String) async throws(AccessError) -> Turn? {
        guard limits.turns > 0 else { return nil }
        guard let number = await admit(user) else { throw .rateLimited(retryAfter: .seconds(1)) }
        return Turn(number, of: user, at: self)
    }

    /// Requests that stand in line.
    package var waiting: Int { state.withLock { $0.queue.waiting } }

    /// The number of the user's next request once it has a turn, `nil` when it is turned away.
    func admit(_ user: String) async -> UInt64? {
        let caller = Waiter<UInt64>()
        let now = time.monotonic
        var (isTaken, isFirst) = (true, false)
        pass { state in
            guard let entry = state.queue.enter(user, at: now) else {
                isTaken = false
                return []
            }
            state.callers[entry.number] = caller
            isFirst = state.queue.waiting > 0 && !state.hasAlarm
            if isFirst { state.hasAlarm = true }
            return entry.granted
        }
        guard isTaken else { return nil }
        if isFirst { watch() }
        return await caller.answer()
    }

    func end(_ number: UInt64) {
        let now = time.monotonic
        pass { $0.queue.end(number, at: now) }
    }

    /// Changes the queue and lets in whoever has a turn by that.
    private func pass(_ change: (inout State) -> [UInt64]) {
        let callers = state.withLock { state in
            change(&state).compactMap { number in
                state.callers.removeValue(forKey: number).map { (number, $0) }
            }
        }
        for (number, caller) in callers { caller.resume(returning: number) }
    }

    /// Takes back turns that last too long, as long as somebody is in line: else requests that hang would stop all others.
    private func watch() {
        // It ends by itself when the line is empty; the gate lives as long as the daemon.
        Task {
            repeat {
                let begin = time.monotonic
                await time.sleep(until: begin + Self.longestTurn)
                let now = time.monotonic
                pass { $0.queue.expire(before: now - Self.longestTurn, at: now) }
            } while goesOn()
        }
    }

    private func goesOn() -> Bool {
        state.withLock { state in
            state.hasAlarm = state.queue.waiting > 0
            return state.hasAlarm
        }
    }
}
