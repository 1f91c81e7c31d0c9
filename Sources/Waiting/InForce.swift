import Synchronization

/// What is used until something else takes its place: nobody uses either while they change, and whoever comes meanwhile waits
/// and uses the new one.
package final class InForce<Value: Sendable>: Sendable {
    private struct State {
        var value: Value
        var users = 0
        /// Answered when the change that is under way has ended.
        var change: Waiter<Void>?
        /// Answered when the last of those who use the former one has ended.
        var idle: Waiter<Void>?
    }

    private enum Entry {
        case open(Value)
        case shut(Waiter<Void>)
    }

    private let state: Mutex<State>

    /// What is used at first.
    package init(_ value: Value) {
        state = Mutex(State(value: value))
    }

    /// What is used at this moment, for what either of two can be asked.
    package var present: Value { state.withLock { $0.value } }

    /// Uses what is in force, which stays so until that has ended.
    ///
    /// - Throws: What the work throws.
    package func use<Answer: Sendable, Failure: Error>(
        _ work: (Value) async throws(Failure) -> Answer
    ) async throws(Failure) -> Answer {
        let value = await begin()
        defer { end() }
        return try await work(value)
    }

    /// Puts something else in force, once nobody uses the former one; nobody uses either before that has ended.
    ///
    /// - Parameter make: Makes the new one of the former one; it must not use it by ``use(_:)``.
    /// - Throws: What `make` throws; the former one stays in force then.
    package func change<Failure: Error>(
        _ make: (Value) async throws(Failure) -> Value
    ) async throws(Failure) {
        let change = Waiter<Void>()
        while let other = shut(change) { await other.answer() }
        defer {
            state.withLock { $0.change = nil }
            change.resume(returning: ())
        }
        await lastUser()?.answer()
        let value = try await make(present)
        state.withLock { $0.value = value }
    }

    private func begin() async -> Value {
        while true {
            let entry = state.withLock { (state) -> Entry in
                if let change = state.change { return .shut(change) }
                state.users += 1
                return .open(state.value)
            }
            switch entry {
            case .open(let value): return value
            case .shut(let change): await change.answer()
            }
        }
    }

    private func end() {
        let idle = state.withLock { (state) -> Waiter<Void>? in
            state.users -= 1
            return state.users == 0 ? state.idle : nil
        }
        idle?.resume(returning: ())
    }

    /// - Returns: The change that is under way, `nil` when this one is from now on.
    private func shut(_ change: Waiter<Void>) -> Waiter<Void>? {
        state.withLock { state in
            if let other = state.change { return other }
            state.change = change
            return nil
        }
    }

    /// - Returns: The wait for those who use the former one, `nil` when nobody does.
    private func lastUser() -> Waiter<Void>? {
        state.withLock { state in
            state.idle = state.users == 0 ? nil : Waiter()
            return state.idle
        }
    }
}
