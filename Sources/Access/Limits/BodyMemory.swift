import Synchronization
import Waiting

/// The memory that bodies of requests have while they are read and worked on, shared out fairly among users.
///
/// One user's large bodies then leave room for those of others, and all of them together a bound for the daemon.
package final class BodyMemory: Sendable {
    private struct State {
        var budget: MemoryBudget
        var callers: [UInt64: Waiter<Bool>] = [:]
    }

    /// Bodies that took less are not worth being told of.
    private static let large = 4 << 20

    private let limits: MemoryLimits
    private let time: any TimeSource
    private let onRelease: @Sendable () -> Void
    private let state: Mutex<State>

    /// - Parameter onRelease: Called when what a large body took is free again; must not take long.
    package init(
        _ limits: MemoryLimits = MemoryLimits(), time: any TimeSource, onRelease: @escaping @Sendable () -> Void = {}
    ) {
        self.limits = limits
        self.time = time
        self.onRelease = onRelease
        state = Mutex(State(budget: MemoryBudget(limits)))
    }

    /// Bytes there are for all.
    package var total: Int { max(limits.total, limits.body) }

    /// Bytes that are given out.
    package var held: Int { state.withLock { $0.budget.held } }

    /// Requests that wait.
    package var waiting: Int { state.withLock { $0.budget.waiting } }

    /// What one request takes: nothing, until it grows.
    package func claim(of owner: MemoryOwner) -> Claim { Claim(owner, of: self) }

    /// There was no memory in time; the request can be sent again.
    package struct Shortage: Error, Hashable {
        /// Seconds after which it makes sense to ask again.
        package let retryAfter: Int

        /// So many from now.
        package init(retryAfter: Int) { self.retryAfter = retryAfter }
    }

    /// The memory of one request, until it ends or nobody holds this object any more.
    package final class Claim: Sendable {
        private struct Taken {
            /// `nil` as long as there is nothing to count.
            var number: UInt64?
            var peak = 0
            /// When the patience of this request is over, once it has begun to wait.
            var deadline: Duration?
            var hasEnded = false
        }

        private let owner: MemoryOwner
        private let memory: BodyMemory
        private let taken = Mutex(Taken())

        fileprivate init(_ owner: MemoryOwner, of memory: BodyMemory) {
            self.owner = owner
            self.memory = memory
        }

        deinit { end() }

        /// Returns when the request may hold so many bytes in all; it waits for its turn if it has to.
        ///
        /// - Parameter most: How many it may want in the end; the more, the fewer others get some meanwhile.
        /// - Throws: ``Shortage`` when they were not free in time, or the task was cancelled.
        package func grow(to bytes: Int, most: Int) async throws(Shortage) {
            guard bytes > memory.limits.free else { return }
            let now = memory.time.monotonic
            let number = taken.withLock { (taken) -> UInt64? in
                guard !taken.hasEnded else { return nil }
                let number = taken.number ?? memory.state.withLock { $0.budget.enter(owner) }
                taken.number = number
                taken.peak = max(taken.peak, bytes)
                return number
            }
            guard let number, let caller = try memory.want(number, bytes, most: most) else { return }
            let deadline = taken.withLock { taken in
                let deadline = taken.deadline ?? now + memory.limits.patience
                taken.deadline = deadline
                return deadline
            }
            try await memory.wait(caller, of: number, until: deadline)
        }

        /// The request needs no more than this from now on, such as what was read of its body.
        package func settle(at bytes: Int) {
            let number = taken.withLock { $0.number }
            if let number { memory.settle(number, at: bytes) }
        }

        /// Gives everything back, once.
        package func end() {
            let (number, peak) = taken.withLock { taken in
                taken.hasEnded = true
                return (taken.number.take(), taken.peak)
            }
            guard let number else { return }
            memory.leave(number)
            if peak >= BodyMemory.large { memory.onRelease() }
        }
    }
}

extension BodyMemory {
    private static let retryAfter = 5

    /// - Returns: The wait for it, `nil` when it is there already.
    fileprivate func want(_ number: UInt64, _ bytes: Int, most: Int) throws(Shortage) -> Waiter<Bool>? {
        let caller = Waiter<Bool>()
        let (answer, callers) = state.withLock { state in
            var answer = state.budget.want(number, bytes, most: most)
            if answer == .inLine { state.callers[number] = caller }
            let callers = Self.granted(&state)
            if answer == .inLine, state.callers[number] == nil { answer = .given }
            return (answer, callers)
        }
        for caller in callers { caller.resume(returning: true) }
        switch answer {
        case .given: return nil
        case .inLine: return caller
        case .full: throw Shortage(retryAfter: Self.retryAfter)
        }
    }

    fileprivate func wait(_ caller: Waiter<Bool>, of number: UInt64, until deadline: Duration) async throws(Shortage) {
        let isGiven = await caller.answer(or: { [time] in
            await time.sleep(until: deadline)
            return false
        })
        if isGiven { return }
        change { state in
            state.budget.abandon(number)
            state.callers[number] = nil
        }
        throw Shortage(retryAfter: Self.retryAfter)
    }

    fileprivate func settle(_ number: UInt64, at bytes: Int) {
        change { $0.budget.settle(number, at: bytes > limits.free ? bytes : 0) }
    }

    fileprivate func leave(_ number: UInt64) {
        change { $0.budget.leave(number) }
    }

    /// Changes the budget and lets whoever has memory by that go on.
    private func change(_ change: (inout State) -> Void) {
        let callers = state.withLock { state in
            change(&state)
            return Self.granted(&state)
        }
        for caller in callers { caller.resume(returning: true) }
    }

    private static func granted(_ state: inout State) -> [Waiter<Bool>] {
        state.budget.grant().compactMap { state.callers.removeValue(forKey: $0) }
    }
}
