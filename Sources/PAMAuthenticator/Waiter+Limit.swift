package import Waiting

extension Waiter {
    /// The answer, or `late` when none came within this time.
    ///
    /// A caller that is cancelled waits on: others may be waiting for what this one is told.
    package func answer(within limit: Duration, late: Answer) async -> Answer {
        // Awaited right here; of its own only so that it is not cancelled along with the caller.
        await Task {
            await answer {
                try? await Task.sleep(for: .nanoseconds(limit.nanoseconds))
                return late
            }
        }.value
    }
}

extension Duration {
    /// What is negative counts as nothing, thirty years as for ever.
    var nanoseconds: Int {
        let (seconds, attoseconds) = components
        return Int(min(max(0, Double(seconds) * 1e9 + Double(attoseconds) / 1e9), 1e18))
    }
}
