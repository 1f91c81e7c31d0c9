import Synchronization

/// Something that is counted or measured, for one set of labels.
package protocol Metric: AnyObject, Sendable {
    /// What it is to a scraper.
    static var kind: MetricFamily.Kind { get }
    /// What it stands at now.
    var samples: [MetricSample] { get }
    /// Whether anything was counted yet; a label set without anything is left out of an exposition.
    var isUsed: Bool { get }
}

/// A number that only grows, from 0 at the start of the daemon on.
package final class Counter: Metric {
    package static let kind = MetricFamily.Kind.counter
    private let count = Atomic<Int>(0)

    /// Starts at 0.
    package init() {}

    /// Costs one atomic addition.
    package func increment(by step: Int = 1) {
        count.wrappingAdd(step, ordering: .relaxed)
    }

    package var samples: [MetricSample] { [MetricSample(Double(count.load(ordering: .relaxed)))] }
    package var isUsed: Bool { count.load(ordering: .relaxed) != 0 }
}

/// A number that goes up and down.
package final class Gauge: Metric {
    package static let kind = MetricFamily.Kind.gauge
    private let level = Atomic<Int>(0)

    /// Starts at 0.
    package init() {}

    /// Moves the level up, or down with a negative step.
    package func add(_ step: Int) {
        level.wrappingAdd(step, ordering: .relaxed)
    }

    package var samples: [MetricSample] { [MetricSample(Double(level.load(ordering: .relaxed)))] }
    package var isUsed: Bool { true }
}
