import Synchronization
import Waiting

extension LoginService {
    /// Does a check once it has its place; `nil`, without doing it, when too many wait.
    func inTurn<Answer: Sendable>(_ attempt: Attempt, _ check: () async -> Answer) async -> Answer? {
        guard let place = await place(for: attempt) else { return nil }
        let answer = await check()
        let now = time.monotonic
        tell { $0.line.leave(place, at: now) }
        return answer
    }

    private func place(for attempt: Attempt) async -> UInt64? {
        let caller = Waiter<UInt64?>()
        let now = time.monotonic
        tell { state in
            let rank = state.lockout.rank(user: attempt.user, address: attempt.address, at: now)
            let (number, change) = state.line.enter(address: attempt.address, rank: rank, at: now)
            state.inLine[number] = caller
            return change
        }
        return await caller.answer()
    }

    /// Changes the line and tells everybody whom that concerns.
    private func tell(_ change: (inout State) -> PasswordCheckQueue.Change) {
        let told = state.withLock { state in
            let change = change(&state)
            return change.begun.map { (state.inLine.removeValue(forKey: $0), Optional($0)) }
                + change.dismissed.map { (state.inLine.removeValue(forKey: $0), nil) }
        }
        for (caller, place) in told { caller?.resume(returning: place) }
    }
}
