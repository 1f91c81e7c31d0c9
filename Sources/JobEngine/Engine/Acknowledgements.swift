import Values

/// Which nodes have which revision. A node that has one has all before it.
struct Acknowledgements: Sendable, Hashable {
    private struct Level: Sendable, Hashable {
        let revision: Int
        let at: Timestamp?
    }

    /// How the nodes of the newest revision stood to it when it was brought to this one.
    private var nodes: [Int: Acknowledgement.State] = [:]
    private var levels: [Int: Level] = [:]

    /// Takes how the nodes stand to a revision that is on this one.
    mutating func install(_ revision: Int, _ told: [Acknowledgement]) {
        nodes = Dictionary(told.map { ($0.node, $0.state) }) { _, last in last }
        for node in told where node.state == .acknowledged {
            acknowledge(node.node, revision, at: node.at)
        }
        levels = levels.filter { nodes[$0.key] != nil }
    }

    /// Takes a node's word that it has a revision, early or late.
    mutating func acknowledge(_ node: Int, _ revision: Int, at moment: Timestamp?) {
        guard levels[node].map({ $0.revision < revision }) ?? true else { return }
        levels[node] = Level(revision: revision, at: moment)
    }

    /// Waits no longer for a node, or waits for it again.
    mutating func suspend(_ node: Int, _ isSuspended: Bool) {
        switch nodes[node] {
        case .missing, .acknowledged: if isSuspended { nodes[node] = .suspended }
        case .suspended: if !isSuspended { nodes[node] = .missing }
        case .notJoined, nil: break
        }
    }

    /// Forgets a node.
    mutating func remove(_ node: Int) {
        nodes[node] = nil
        levels[node] = nil
    }

    /// How each node stands to a revision, by id.
    func list(for revision: Int) -> [Acknowledgement] {
        nodes.sorted { $0.key < $1.key }.map { node, state in
            if let level = levels[node], level.revision >= revision {
                return Acknowledgement(node: node, state: .acknowledged, at: level.at)
            }
            return Acknowledgement(node: node, state: state == .acknowledged ? .missing : state)
        }
    }
}
