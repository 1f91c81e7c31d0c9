import Synchronization

/// Tasks somebody owns together: each is held until it has ended, and the owner can wait for all of them.
package final class TaskRegistry: Sendable {
    /// What a task is to do.
    package typealias Work = @Sendable () async -> Void

    private struct State {
        var tasks: [UInt64: Task<Void, Never>] = [:]
        var next: UInt64 = 0
        /// What waits for the registry to be opened; `nil` once it is.
        var held: [(executor: (any TaskExecutor)?, work: Work)]? = []
        var isClosed = false
        var isCancelled = false
    }

    private let state = Mutex(State())
    private let end = Waiter<Void>()

    /// A registry whose tasks begin once ``run()`` is called.
    package init() {}

    /// Begins a task, or does nothing when the registry is closed.
    ///
    /// - Parameter executor: Whose threads it runs on where it is on no actor; `nil` for those everybody shares.
    /// - Returns: Whether it was taken on.
    @discardableResult
    package func start(on executor: (any TaskExecutor)? = nil, _ work: @escaping Work) -> Bool {
        state.withLock { state in
            if state.isClosed { return false }
            if state.held == nil { begin(work, on: executor, &state) } else { state.held?.append((executor, work)) }
            return true
        }
    }

    /// Takes on nothing any more.
    package func close() {
        let isEmpty = state.withLock { state in
            state.isClosed = true
            return state.tasks.isEmpty && state.held?.isEmpty ?? true
        }
        if isEmpty { end.resume(returning: ()) }
    }

    /// Begins what was taken on, and returns once the registry is closed and every task has ended.
    ///
    /// Cancelling the calling task cancels all of them.
    package func run() async {
        state.withLock { state in
            let held = state.held ?? []
            state.held = nil
            for (executor, work) in held { begin(work, on: executor, &state) }
        }
        await withTaskCancellationHandler {
            await end.answer()
        } onCancel: {
            let tasks = state.withLock { state in
                state.isCancelled = true
                return Array(state.tasks.values)
            }
            for task in tasks { task.cancel() }
        }
    }

    private func begin(_ work: @escaping Work, on executor: (any TaskExecutor)?, _ state: inout State) {
        let number = state.next
        state.next += 1
        // Held from before it can end: its end takes the lock that is held here.
        let task = Task(executorPreference: executor) {
            await work()
            self.forget(number)
        }
        state.tasks[number] = task
        if state.isCancelled { task.cancel() }
    }

    private func forget(_ number: UInt64) {
        let isLast = state.withLock { state in
            state.tasks[number] = nil
            return state.isClosed && state.tasks.isEmpty
        }
        if isLast { end.resume(returning: ()) }
    }
}
