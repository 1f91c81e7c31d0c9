import Access
import Synchronization
import Waiting

/// Looks at the things that must hold, once at a time whoever asks, and remembers what it found.
///
/// A look that hangs holds up nobody: after a second callers are told so, with what was found before and how long ago
/// that is. Callers who come during a look share it, so that probes cost no more the more of them there are.
final class HealthCheckCache: Sendable {
    /// How long a caller waits for a look at most.
    static let patience = Duration.seconds(1)

    private struct State {
        var found: (checks: [ReadinessChecks.Check], at: Duration)?
        /// The look under way, owned here: it outlives callers that lost their patience.
        var look: (began: Duration, task: Task<Void, Never>)?
        var looks = 0
    }

    private let state = Mutex(State())
    /// Who waits for the end of which look.
    private let waiting = Waiters<Int, Void>()
    private let run: @Sendable () async -> [ReadinessChecks.Check]

    init(_ run: @escaping @Sendable () async -> [ReadinessChecks.Check]) {
        self.run = run
    }

    /// What was found by a look that ended after the call, or else what is known and that there is no answer.
    func findings(_ time: any TimeSource) async -> [ReadinessChecks.Finding] {
        let asked = time.monotonic
        await look(time).answer { await time.sleep(until: asked + Self.patience) }
        return findings(since: asked, now: time.monotonic)
    }

    /// The wait for the look under way, which begins now when there is none.
    private func look(_ time: any TimeSource) -> Waiter<Void> {
        state.withLock { state in
            if state.look == nil {
                state.looks += 1
                // Kept in `look` until it ends.
                let task = Task {
                    let checks = await self.run()
                    self.end(checks, at: time.monotonic)
                }
                state.look = (time.monotonic, task)
            }
            return waiting.add(state.looks)
        }
    }

    private func end(_ checks: [ReadinessChecks.Check], at now: Duration) {
        let look = state.withLock { state in
            state.found = (checks, now)
            state.look = nil
            return state.looks
        }
        waiting.resume(look, returning: ())
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
