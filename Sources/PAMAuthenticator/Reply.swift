import Dispatch
import Synchronization

/// A continuation that is resumed once, by whoever comes first: the work or the deadline.
final class Reply<Answer: Sendable>: Sendable {
    private let continuation: Mutex<CheckedContinuation<Answer, Never>?>
    // A handle of libdispatch, which may be used from every thread; only its Swift type does not say so.
    private nonisolated(unsafe) let timer = DispatchSource.makeTimerSource(queue: .global())

    /// Counts the deadline from now; `late` is the answer when nobody gave one until then.
    init(_ continuation: CheckedContinuation<Answer, Never>, deadline: Duration, late: Answer) {
        self.continuation = Mutex(continuation)
        timer.schedule(deadline: .now() + deadline.interval)
        timer.setEventHandler { [self] in close(late) }
        timer.activate()
    }

    var isOpen: Bool { continuation.withLock { $0 != nil } }

    /// False when there was an answer before.
    @discardableResult
    func close(_ answer: Answer) -> Bool {
        let waiting = continuation.withLock { continuation in
            defer { continuation = nil }
            return continuation
        }
        // The handler holds this object until the timer is cancelled.
        timer.cancel()
        waiting?.resume(returning: answer)
        return waiting != nil
    }
}

extension Duration {
    /// The same for libdispatch; what is negative counts as nothing, thirty years as for ever.
    var interval: DispatchTimeInterval {
        let (seconds, attoseconds) = components
        return .nanoseconds(Int(min(max(0, Double(seconds) * 1e9 + Double(attoseconds) / 1e9), 1e18)))
    }
}
