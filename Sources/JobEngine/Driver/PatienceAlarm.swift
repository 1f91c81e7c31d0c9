import Access
import Synchronization

/// An alarm that is set often and hardly ever rings: one sleeper serves all settings, and is woken by none of them.
///
/// Each setting lies no earlier than the one before it.
final class PatienceAlarm: Sendable {
    private struct State {
        var due: Duration?
        var ring: (@Sendable () -> Void)?
        /// Sleeps until a moment that was set once, and looks then what is set now.
        var sleeper: Task<Void, Never>?
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ time: any TimeSource) { self.time = time }

    deinit { state.withLock { $0.sleeper?.cancel() } }

    /// Has something called at a moment, in place of what was set before.
    func set(at due: Duration, _ ring: @escaping @Sendable () -> Void) {
        state.withLock { state in
            (state.due, state.ring) = (due, ring)
            if state.sleeper != nil { return }
            let time = time
            // Owned by `sleeper`: cancelled with the alarm.
            state.sleeper = Task { [weak self] in
                var next: Duration? = due
                while let moment = next, !Task.isCancelled {
                    await time.sleep(until: moment)
                    next = self?.wake()
                }
            }
        }
    }

    /// Has nothing called.
    func clear() { state.withLock { ($0.due, $0.ring) = (nil, nil) } }

    /// - Returns: Until when to sleep on.
    private func wake() -> Duration? {
        let (next, ring) = state.withLock { (state) -> (Duration?, (@Sendable () -> Void)?) in
            if let due = state.due, due > time.monotonic { return (due, nil) }
            defer { state = State() }
            return (nil, state.ring)
        }
        ring?()
        return next
    }
}
