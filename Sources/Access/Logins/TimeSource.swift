import Glibc

/// Wall time, monotonic time and waiting, so that tests can hold the clock in their hands.
package protocol TimeSource: Sendable {
    /// Wall time in milliseconds since 1970, UTC; may jump.
    var now: Int64 { get }

    /// Time since a fixed but arbitrary point; never goes back.
    var monotonic: Duration { get }

    /// Returns when `monotonic` has reached the deadline, or at once when the task is cancelled. Holds no thread.
    func sleep(until deadline: Duration) async
}

/// The clocks of this machine.
package struct SystemTimeSource: TimeSource {
    private let origin = ContinuousClock.now

    /// Starts counting monotonic time now.
    package init() {}

    package var now: Int64 {
        var time = timespec()
        guard clock_gettime(CLOCK_REALTIME, &time) == 0 else { return 0 }
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    package var monotonic: Duration { origin.duration(to: .now) }

    package func sleep(until deadline: Duration) async {
        // A cancelled caller is gone; there is nobody left to hold back.
        try? await ContinuousClock().sleep(until: origin.advanced(by: deadline))
    }
}

extension Duration {
    /// Whole milliseconds, rounded down and held within the range of the type.
    var milliseconds: Int64 {
        let (seconds, attoseconds) = components
        let (scaled, overflow) = seconds.multipliedReportingOverflow(by: 1000)
        guard !overflow else { return seconds < 0 ? .min : .max }
        let (sum, carry) = scaled.addingReportingOverflow(attoseconds / 1_000_000_000_000_000)
        return carry ? (seconds < 0 ? .min : .max) : sum
    }
}
