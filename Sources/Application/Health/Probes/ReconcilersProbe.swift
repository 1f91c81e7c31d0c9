package import JobEngine

/// What follows the configuration on this node, as the reconcilers themselves say.
package struct ReconcilersProbe: StateProbe {
    package let name = "reconcilers"
    private let node: Int
    private let excluded: Set<String>
    private let statuses: @Sendable () -> [ReconcilerStatus]

    /// - Parameters:
    ///   - excluded: Those another probe tells of, object by object.
    ///   - statuses: How each stands now.
    package init(
        node: Int, excluding excluded: Set<String>, statuses: @escaping @Sendable () -> [ReconcilerStatus]
    ) {
        (self.node, self.excluded, self.statuses) = (node, excluded, statuses)
    }

    package func look() async -> [ObjectState] {
        statuses().filter { !excluded.contains($0.name) }.map { status in
            ObjectState(
                .reconciler, "\(node)-\(status.name)", node: node, wanted: "following",
                actual: status.fault == nil ? "following" : "failing", since: status.since, why: status.fault ?? "")
        }
    }
}
