import Access
import Synchronization

/// Looks at the things that must hold, once at a time whoever asks, and remembers what it found.
///
/// A look that hangs holds up nobody: after a second callers are told so, with what was found before and how long ago
/// that is. Callers who come during a look share it, so that probes cost no more the more of them there are.
final class HealthBoard: Sendable {
    /// How long a caller waits for a look at most.
    static let patience = Duration.seconds(1)

    private struct State {
        var found: (checks: [ReadinessChecks.Check], at: Duration)?
        /// The look under way, owned here: it outlives callers that lost their patience.
        var look: (began: Duration, task: Task<Void, Never>)?
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        /// Whose patience ended before they began to wait.
        var released: Set<Int> = []
        var nextWaiter = 0
    }

    private let state = Mutex(State())
    private let run: @Sendable () async -> [ReadinessChecks.Check]

    init(_ run: @escaping @Sendable () async -> [ReadinessChecks.Check]) {
        self.run = run
    }

    /// What was found by a look that ended after the call, or else what is known and that there is no answer.
    func findings(_ time: any TimeSource) async -> [ReadinessChecks.Finding] {
        let asked = time.monotonic
        begin(time)
        await withTaskGroup { group in
            let waiter = state.withLock { state in
                state.nextWaiter += 1
                return state.nextWaiter
            }
            group.addTask {
                await time.sleep(until: asked + Self.patience)
                self.release(waiter)
            }
            await untilFound(waiter)
            group.cancelAll()
            await group.waitForAll()
            state.withLock { _ = $0.released.remove(waiter) }
        }
        return findings(since: asked, now: time.monotonic)
    }

    private func begin(_ time: any TimeSource) {
        state.withLock { state in
            guard state.look == nil else { return }
            // Kept in `look` until it ends.
            let task = Task {
                let checks = await self.run()
                self.end(checks, at: time.monotonic)
            }
            state.look = (time.monotonic, task)
        }
    }

    private func end(_ checks: [ReadinessChecks.Check], at now: Duration) {
        let waiting = state.withLock { state in
            state.found = (checks, now)
            state.look = nil
            defer { state.waiting = [:] }
            return state.waiting.values.map { $0 }
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when the look under way has ended, or the waiter is released.
    private func untilFound(_ waiter: Int) async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                if state.look == nil || state.released.remove(waiter) != nil { return true }
                state.waiting[waiter] = continuation
                return false
            }
            if isOver { continuation.resume() }
        }
    }

    private func release(_ waiter: Int) {
        let continuation = state.withLock { state in
            let continuation = state.waiting.removeValue(forKey: waiter)
            if continuation == nil { state.released.insert(waiter) }
            return continuation
        }
        continuation?.resume()
    }

    private func findings(since asked: Duration, now: Duration) -> [ReadinessChecks.Finding] {
        let (found, look) = state.withLock { ($0.found, $0.look?.began) }
        let known = found.map { found in
            found.checks.map { ReadinessChecks.Finding(check: $0, age: now - found.at) }
        }
        if let known, let at = found?.at, at >= asked { return known }
        let since = look.map { now - $0 } ?? .zero
        let silence = ReadinessChecks.Check(
            name: "checks", isReady: false, detail: "no answer for \(since.components.seconds) s")
        return [ReadinessChecks.Finding(check: silence, age: .zero)] + (known ?? [])
    }
}
