import EXAConf

/// In which order nodes are preferred for deciding: by `Affinity`, the lowest first, then by their numbers; those that are
/// suspended come last.
struct CandidateOrder: Sendable, Hashable {
    private var affinities: [Int: Int] = [:]
    private var suspended: Set<Int> = []

    /// By numbers, as long as no configuration is known.
    init() {}

    /// As a configuration has it.
    init(_ document: Document) {
        for node in document.nodes {
            guard let id = node.id else { continue }
            affinities[id] = node.affinity
            if !node.state.isEmpty { suspended.insert(id) }
        }
    }

    /// Which place a node has among these, from 0 on.
    ///
    /// - Parameter others: Nodes that are suspended without the configuration saying so.
    func rank(of node: Int, among nodes: Set<Int>, suspended others: Set<Int>) -> Int {
        let last = suspended.union(others)
        return nodes.count { other in
            other != node && isBefore(other, node, isOneLast: last.contains(other), isOtherLast: last.contains(node))
        }
    }

    private func isBefore(_ one: Int, _ other: Int, isOneLast: Bool, isOtherLast: Bool) -> Bool {
        if isOneLast != isOtherLast { return isOtherLast }
        return (affinities[one] ?? one, one) < (affinities[other] ?? other, other)
    }
}
