import Synchronization

/// Gives out job numbers from blocks that were reserved durably.
///
/// However many callers find a block used up, one of them reserves the next, and the others take from it. Blocks grow
/// while the daemon is busy: a quiet one leaves a small gap behind when it stops, a busy one seldom waits for a block.
final class JobNumbers: Sendable {
    private typealias Outcome = Result<Void, StoreError>

    private struct State {
        var free: Range<Int> = 0..<0
        var size = 100
        var isReserving = false
        var waiting: [CheckedContinuation<Outcome, Never>] = []
    }

    private enum Step {
        case take(Int)
        case reserve(Int)
        case wait
    }

    private let store: any Store
    private let state = Mutex(State())
    private static let largestBlock = 3200

    init(store: any Store) {
        self.store = store
    }

    /// A number no job had before.
    func next() async throws(StoreError) -> Int {
        while true {
            switch step() {
            case .take(let number): return number
            case .reserve(let size): try await reserve(size)
            case .wait: try await wait()
            }
        }
    }

    private func step() -> Step {
        state.withLock { state in
            if let number = state.free.first {
                state.free = state.free.dropFirst()
                return .take(number)
            }
            if state.isReserving { return .wait }
            state.isReserving = true
            return .reserve(state.size)
        }
    }

    private func reserve(_ size: Int) async throws(StoreError) {
        let block: Result<Range<Int>, StoreError>
        do throws(StoreError) {
            block = .success(try await store.reserveJobNumbers(size))
        } catch {
            block = .failure(error)
        }
        let waiting = state.withLock { state in
            state.isReserving = false
            if case .success(let range) = block {
                state.free = range
                state.size = min(state.size * 2, Self.largestBlock)
            }
            defer { state.waiting = [] }
            return state.waiting
        }
        for caller in waiting { caller.resume(returning: block.map { _ in }) }
        _ = try block.get()
    }

    /// Waits until the block that is being reserved is there, or could not be had.
    private func wait() async throws(StoreError) {
        let outcome: Outcome = await withCheckedContinuation { caller in
            let isOver = state.withLock { state in
                if state.isReserving { state.waiting.append(caller) }
                return !state.isReserving
            }
            if isOver { caller.resume(returning: .success(())) }
        }
        try outcome.get()
    }
}
