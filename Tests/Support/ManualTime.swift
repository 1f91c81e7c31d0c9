import Access
import Synchronization

/// A clock that moves when a test says so: nobody waits for real time.
package final class ManualTime: TimeSource {
    private let state = Mutex(State())

    private struct State {
        var now: Int64 = 1_800_000_000_000
        var monotonic = Duration.zero
        var sleepers: [Int: (deadline: Duration, continuation: CheckedContinuation<Void, Never>)] = [:]
        var cancelled: Set<Int> = []
        var next = 0
    }

    package init() {}

    package var now: Int64 { state.withLock { $0.now } }
    package var monotonic: Duration { state.withLock { $0.monotonic } }

    /// Moves both clocks and wakes whoever waited for it.
    package func advance(by step: Duration) {
        let due = state.withLock { state in
            state.monotonic += step
            state.now += Int64(step / .milliseconds(1))
            let due = state.sleepers.filter { $0.value.deadline <= state.monotonic }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for continuation in due { continuation.resume() }
    }

    /// Who waits, and for the next moment they wait for.
    package var sleepers: (count: Int, next: Duration?) {
        state.withLock { ($0.sleepers.count, $0.sleepers.values.map(\.deadline).min()) }
    }

    package func sleep(until deadline: Duration) async {
        let id = state.withLock { state in
            defer { state.next += 1 }
            return state.next
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    if state.monotonic >= deadline || state.cancelled.remove(id) != nil { return true }
                    state.sleepers[id] = (deadline, continuation)
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { state in
                let sleeper = state.sleepers.removeValue(forKey: id)
                if sleeper == nil { state.cancelled.insert(id) }
                return sleeper
            }
            sleeper?.continuation.resume()
        }
    }
}
