import Synchronization

/// How values, mostly times, are spread over fixed ranges.
package final class Histogram: Metric {
    /// What scrapers call it.
    package static let kind = MetricFamily.Kind.histogram

    private struct State {
        /// How many values fell into each range; the last one has no upper end.
        var counts: [Int]
        var sum = 0.0
    }

    private let bounds: [Double]
    private let state: Mutex<State>

    /// - Parameter bounds: The upper ends of the ranges, rising; a value equal to one still belongs to it.
    package init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts one value; costs a short lock that only this label set shares.
    package func observe(_ value: Double) {
        let range = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[range] &+= 1
            state.sum += value
        }
    }

    /// Counts one time, in seconds.
    package func observe(_ time: Duration) { observe(time.inSeconds) }

    /// Whether a value was counted.
    package var isUsed: Bool { state.withLock { state in state.counts.contains { $0 > 0 } } }

    /// Counts of the ranges, the sum and the number of values.
    package var samples: [MetricSample] {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var reached = 0
        var samples: [MetricSample] = []
        for (count, bound) in zip(counts, bounds.map(MetricText.number) + ["+Inf"]) {
            reached += count
            samples.append(MetricSample(Double(reached), labels: [.init("le", bound)], suffix: "_bucket"))
        }
        samples.append(MetricSample(sum, suffix: "_sum"))
        samples.append(MetricSample(Double(reached), suffix: "_count"))
        return samples
    }
}

extension Histogram {
    /// Ranges for requests: most end within milliseconds, one that waits for a job may take five minutes.
    package static let requestTimes = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5, 30, 300]
    /// Ranges for flushes and other short work on a disk or a node.
    package static let workTimes = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]
    /// Ranges for jobs: milliseconds for most, hours for a backup.
    package static let jobTimes = [0.01, 0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400]
}

extension Duration {
    /// Seconds with their fraction.
    package var inSeconds: Double { Double(components.seconds) + Double(components.attoseconds) * 1e-18 }
}
