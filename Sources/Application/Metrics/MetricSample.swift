/// One line of an exposition: a number with the labels that tell it from its neighbours.
package struct MetricSample: Sendable, Hashable {
    /// Names and values of labels, in the order they are shown.
    package var labels: [Label]
    /// What stands behind the family's name: empty, `_bucket`, `_sum` or `_count`.
    package var suffix: String
    /// Seconds, bytes or a count, as the family's name says.
    package let value: Double

    /// A label of a sample.
    package struct Label: Sendable, Hashable {
        package let name: String
        package let value: String

        /// A value of any text; it is escaped when it is shown.
        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// Without labels, the value of a family that has only one.
    package init(_ value: Double, labels: [Label] = [], suffix: String = "") {
        self.value = value
        self.labels = labels
        self.suffix = suffix
    }
}
