import Synchronization

/// The metrics of one family, told apart by the values of fixed labels.
///
/// The number of label sets is bounded: a label that can take any value would let callers fill the memory of the daemon
/// and of whoever scrapes it. Beyond the bound, everything new is counted under the value `other`.
package final class LabeledMetrics<Child: Metric>: Sendable {
    /// Label sets that are kept apart.
    static var limit: Int { 2000 }

    private let labels: [String]
    private let make: @Sendable () -> Child
    private let children = Mutex<[[String]: Child]>([:])

    /// - Parameter make: Makes the metric of a label set that is seen for the first time.
    package init(_ labels: [String], make: @escaping @Sendable () -> Child) {
        self.labels = labels
        self.make = make
    }

    /// The metric of these values, given in the order of the labels; keep it where it is needed often.
    package subscript(_ values: String...) -> Child {
        children.withLock { children in
            if let child = children[values] { return child }
            let key = children.count < Self.limit ? values : values.map { _ in "other" }
            if let child = children[key] { return child }
            let child = make()
            children[key] = child
            return child
        }
    }

    /// What all of them stand at, in the order of their labels.
    package var samples: [MetricSample] {
        let children = children.withLock { $0 }.filter { $0.value.isUsed }
        return children.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { values, child in
            let own = zip(labels, values).map { MetricSample.Label($0, $1) }
            return child.samples.map { sample in
                var sample = sample
                sample.labels = own + sample.labels
                return sample
            }
        }
    }

    /// The family these metrics are.
    package func family(_ name: String, _ help: String) -> MetricFamily {
        MetricFamily(name, Child.kind, help: help) { self.samples }
    }
}
