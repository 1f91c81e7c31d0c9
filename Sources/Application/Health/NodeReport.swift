/// What one node tells of itself, and who hears of it hands on.
package struct NodeReport: Sendable, Hashable {
    /// The node.
    package let node: Int
    /// With another one it says something else; the node chooses it.
    package let version: Int
    /// How what it knows of is.
    package let states: [ObjectState]

    /// So many objects of one node are taken at most.
    package static let mostStates = 1000

    /// A report of a node; states of others are none of its business, and are left out.
    package init(node: Int, version: Int, states: [ObjectState]) {
        (self.node, self.version) = (node, version)
        self.states = Array(states.filter { $0.node == node }.prefix(Self.mostStates))
    }

    /// What is known of it now.
    ///
    /// - Parameter isAway: Whether the node is away: what its databases do nobody knows then, and the rest is its own affair.
    func states(isAway: Bool) -> [ObjectState] {
        guard isAway else { return states }
        return states.filter { $0.kind == .database }.map { state in
            var unknown = state
            unknown.actual = "unknown"
            unknown.why = "node \(node) is away"
            unknown.since = nil
            return unknown
        }
    }
}
