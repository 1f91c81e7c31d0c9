package import Values

/// What makes a finding of a state: pure, and a line in ``all``.
package struct FindingRule: Sendable {
    /// The kind of object it judges.
    package let kind: ObjectState.Kind
    /// What is wrong; `nil` when nothing is.
    package let judge: @Sendable (ObjectState, FindingThresholds, Timestamp) -> Finding?

    /// A rule for one kind of object.
    package init(
        _ kind: ObjectState.Kind,
        judge: @escaping @Sendable (ObjectState, FindingThresholds, Timestamp) -> Finding?
    ) {
        (self.kind, self.judge) = (kind, judge)
    }
}
