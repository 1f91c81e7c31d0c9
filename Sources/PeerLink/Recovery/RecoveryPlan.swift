import ClusterLog

/// What comes of beginning a new generation of the log on one node: which number it has, what would be lost, and why it had
/// better not be done there. It decides by what nodes say and does nothing.
package struct RecoveryPlan: Sendable, Hashable {
    /// Why a generation is not begun here.
    package enum Refusal: Error, Sendable, Hashable {
        /// The cluster went on already, without this node.
        case goesOn(at: Int, generation: Int)
        /// More than half of the votes are there: the cluster decides, or will in a moment.
        case isAlive
        /// A new etcd is made of the old one, and that does not answer.
        case isNotAlive
        /// Another node has entries this one has not.
        case isBehind(node: Int, entries: Int)
        /// Another node has something else where this one has its newest entry.
        case differs(from: Int)
    }

    /// What is asked for.
    package enum Purpose: Sendable, Hashable {
        /// To go on without the votes that are lost. With `losing`, also without entries another node has.
        case recovery(losing: Bool)
        /// To have another etcd in the place of one that is well.
        case newEtcd
    }

    /// What this node has.
    package let own: NodeStanding
    /// What the others have that answered, in the order of their numbers.
    package let others: [NodeStanding]
    /// Members that did not answer.
    package let silent: [Int]

    /// - Parameters:
    ///   - own: Of the node a generation is to begin on.
    ///   - others: Of all that answer.
    ///   - members: All nodes of the cluster.
    package init(own: NodeStanding, others: [NodeStanding], members: Set<Int>) {
        (self.own, self.others) = (own, others)
        silent = members.subtracting([own.node]).subtracting(others.map(\.node)).sorted()
    }

    /// That of the generation to be begun: above every one that is known.
    package var generation: Int { all.map(\.generation).max().map { $0 + 1 } ?? 1 }

    /// The node with most; of several this one, and then the one with the lowest number.
    package var best: NodeStanding {
        others.reduce(own) { best, other in
            (other.generation, other.place.index) > (best.generation, best.place.index) ? other : best
        }
    }

    /// The highest revision any node knows.
    package var revision: Int { all.map(\.revision).max() ?? 0 }

    /// The lowest number of a job no node has given out.
    package var nextNumber: Int { all.map(\.nextNumber).max() ?? 1 }

    /// Why it is not to be done here; `nil` when nothing is in the way.
    ///
    /// - Parameter isAlive: Whether more than half of the votes answer.
    package func refusal(of purpose: Purpose, isAlive: Bool) -> Refusal? {
        if let ahead = others.first(where: { $0.generation > own.generation }) {
            return .goesOn(at: ahead.node, generation: ahead.generation)
        }
        switch purpose {
        case .newEtcd: return isAlive ? nil : .isNotAlive
        case .recovery(let losing):
            if isAlive { return .isAlive }
            if losing { return nil }
            if best.node != own.node {
                return .isBehind(node: best.node, entries: best.place.index - own.place.index)
            }
            return peers.first { $0.place.index == own.place.index && $0.place.chain != own.place.chain }
                .map { .differs(from: $0.node) }
        }
    }

    /// What this node, the others and those that do not answer have, a line each; then what would be lost.
    package var lines: [String] {
        let known = all.sorted { $0.node < $1.node }.map { standing in
            "node \(standing.node)\(standing.node == own.node ? ", this one" : ""): \(standing.text)"
        }
        return known + silent.map { "node \($0): does not answer" } + ["lost: \(loss)"]
    }

    private var loss: String {
        let more = peers.filter { $0.place.index > own.place.index }.map { other in
            let count = other.place.index - own.place.index
            return "\(count) \(count == 1 ? "entry" : "entries") of node \(other.node) "
                + "(\(own.place.index + 1) to \(other.place.index))"
        }
        if !more.isEmpty { return more.joined(separator: ", ") }
        guard let last = silent.last else { return "nothing" }
        let names = silent.dropLast().map(String.init).joined(separator: ", ")
        let nodes = names.isEmpty ? "node \(last)" : "nodes \(names) and \(last)"
        return "nothing known; what only \(nodes) may have"
    }

    /// Those that follow the same generation: of a former one nothing was decided since this one began.
    private var peers: [NodeStanding] { others.filter { $0.generation == own.generation } }

    private var all: [NodeStanding] { [own] + others }
}

extension RecoveryPlan.Refusal: CustomStringConvertible {
    package var description: String {
        switch self {
        case .goesOn(let node, let generation):
            "The cluster goes on in generation \(generation), as node \(node) knows: start the daemon here (systemctl start "
                + "confd), and this node follows."
        case .isAlive:
            "More than half of the votes are there, so the cluster decides without this: start the daemon here (systemctl "
                + "start confd). To give a cluster that is well a new etcd: --new-etcd."
        case .isNotAlive:
            "A new etcd is made of one that answers, and too few votes are there. Bring nodes back; or, when they are lost for "
                + "good, leave --new-etcd out."
        case .isBehind(let node, let entries):
            "Node \(node) has \(entries) \(entries == 1 ? "entry" : "entries") more: run this there. To go on without them: "
                + "--losing-entries."
        case .differs(let node):
            "Node \(node) has something else at the newest entry of this node: one of the two was put back to a former state. "
                + "Run this on the one whose state is to count, with --losing-entries."
        }
    }
}
