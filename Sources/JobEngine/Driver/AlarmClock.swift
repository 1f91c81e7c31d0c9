import Access
import Synchronization

/// Alarms that are set often and hardly ever ring: one sleeper serves all of them, and is woken by none that is cleared, nor by
/// one that is set for later than it sleeps.
final class AlarmClock: Sendable {
    /// One that was set.
    struct Alarm: Hashable, Sendable {
        fileprivate let number: UInt64
    }

    private struct State {
        var alarms: [UInt64: (due: Duration, ring: @Sendable () -> Void)] = [:]
        var next: UInt64 = 0
        /// Sleeps until a moment no alarm is set before.
        var sleeper: (due: Duration, task: Task<Void, Never>)?
    }

    private let time: any TimeSource
    private let state = Mutex(State())

    init(_ time: any TimeSource) { self.time = time }

    deinit { state.withLock { $0.sleeper?.task.cancel() } }

    /// Has something called once, at a moment or soon after it; it must be quick.
    @discardableResult
    func set(at due: Duration, _ ring: @escaping @Sendable () -> Void) -> Alarm {
        state.withLock { state in
            let number = state.next
            state.next += 1
            state.alarms[number] = (due, ring)
            if state.sleeper.map({ $0.due > due }) ?? true { sleep(until: due, &state) }
            return Alarm(number: number)
        }
    }

    /// Has nothing called by an alarm that has not rung.
    func clear(_ alarm: Alarm) { state.withLock { _ = $0.alarms.removeValue(forKey: alarm.number) } }

    private func sleep(until due: Duration, _ state: inout State) {
        state.sleeper?.task.cancel()
        let time = time
        // Owned by `sleeper`: cancelled when one is to sleep less, and with the clock.
        let task = Task { [weak self] in
            await time.sleep(until: due)
            if !Task.isCancelled { self?.ring(due) }
        }
        state.sleeper = (due, task)
    }

    /// Calls what is due, and sleeps on for what is not.
    private func ring(_ moment: Duration) {
        let now = max(moment, time.monotonic)
        let due = state.withLock { state in
            // Another sleeps in place of this one.
            guard state.sleeper?.due == moment else { return [@Sendable () -> Void]() }
            state.sleeper = nil
            let due = state.alarms.filter { $0.value.due <= now }
            for number in due.keys { state.alarms[number] = nil }
            if let next = state.alarms.values.lazy.map(\.due).min() { sleep(until: next, &state) }
            return due.sorted { ($0.value.due, $0.key) < ($1.value.due, $1.key) }.map(\.value.ring)
        }
        for ring in due { ring() }
    }
}
