import JobEngine

/// How many members have a vote, and who gets the next one.
///
/// Votes are odd in number: a second one would add a node without which nothing can be changed, and a fourth as well. So of two
/// nodes one has a vote and the other is a standby, which can go at any time.
///
/// A witness counts as a member: two nodes and a witness have three votes. It is there for its vote alone, so of several it gets
/// its own first, and loses it last.
package enum Votes {
    /// The votes of a cluster of so many members.
    package static func wanted(ofNodes nodes: Int) -> Int {
        switch nodes {
        case ..<3: 1
        case 3, 4: 3
        default: 5
        }
    }

    /// How many nodes may be away while changes go on.
    package static func spare(ofVotes votes: Int) -> Int { max(0, votes - 1) / 2 }

    /// A member, as far as it matters for votes.
    package struct Member: Sendable, Hashable {
        /// Its number.
        package let node: Int
        /// Whether it has a vote.
        package let isVoter: Bool
        /// Whether it is there and has applied all there is.
        package let isReady: Bool

        /// Whether it has a vote and nothing else.
        package var isWitness: Bool { node == ClusterStatus.Witness.number }

        /// A member.
        package init(_ node: Int, isVoter: Bool, isReady: Bool) {
            (self.node, self.isVoter, self.isReady) = (node, isVoter, isReady)
        }
    }

    /// Who gets a vote next; one change at a time, as etcd takes no more.
    ///
    /// Nothing is begun that would end with an even number: two that get their votes have to be ready, or one when it makes the
    /// number odd again. A vote that is left, since a node went, is given to a standby in the same way.
    ///
    /// - Returns: The node, `nil` when there are as many votes as there should be, or nobody is ready for one.
    package static func next(among members: [Member]) -> Int? {
        let voters = members.filter(\.isVoter).count
        let ready = members.filter { !$0.isVoter && $0.isReady }
        let candidates = ready.sorted { ($0.isWitness ? 0 : 1, $0.node) < ($1.isWitness ? 0 : 1, $1.node) }.map(\.node)
        guard voters < wanted(ofNodes: members.count) else { return nil }
        return candidates.count >= (voters % 2 == 0 ? 1 : 2) ? candidates.first : nil
    }

    /// Whether there are as many votes as there should be.
    package static func areEnough(among members: [Member]) -> Bool {
        members.filter(\.isVoter).count >= wanted(ofNodes: members.count)
    }

    /// Whose vote is taken back, since there are more than there should be after a node went.
    ///
    /// - Parameter master: Keeps its own.
    package static func surplus(among members: [Member], master: Int) -> Int? {
        let voters = members.filter(\.isVoter)
        guard voters.count > wanted(ofNodes: members.count) else { return nil }
        let others = voters.filter { $0.node != master }
        return others.filter { !$0.isWitness }.map(\.node).max() ?? others.first?.node
    }

    /// The last line of a join where no node has a vote, as the log is in an external etcd. From three on more than half of the
    /// nodes have to be there.
    package static func sentence(ofNodesOverExternalEtcd nodes: Int) -> String {
        let spare = nodes < 3 ? nodes - 1 : (nodes - 1) / 2
        let rest = spare < 1 ? "." : ". Any \(spare == 1 ? "one" : "\(spare)") of them can be away."
        return "\(nodes) node\(nodes == 1 ? "" : "s") over an external etcd" + rest
    }

    /// The last line of a join: what the cluster bears now.
    ///
    /// - Parameters:
    ///   - nodes: How many there are, without a witness.
    ///   - voters: Who has a vote, a witness among them.
    ///   - standby: The node that was just let in, where it has no vote.
    ///   - hasWitness: Whether there is one, with a vote or without.
    package static func sentence(nodes: Int, voters: [Int], standby: Int?, hasWitness: Bool = false) -> String {
        let size = "\(nodes) node\(nodes == 1 ? "" : "s")" + (hasWitness ? " and a witness" : "")
        let count = "\(voters.count) vote\(voters.count == 1 ? "" : "s")"
        switch (nodes, voters.count) {
        case (...1, _) where hasWitness:
            return "\(size), \(count). The witness gets its vote with a second node; until then it is of no use."
        case (...1, _): return "1 node, 1 vote."
        case (2, 1) where !hasWitness:
            return "2 nodes, 1 vote (node \(voters[0]))."
                + (standby.map { " Node \($0) is a standby: it can go at any time." } ?? "")
                + " While node \(voters[0]) is away nothing can be changed; a third node ends that."
        case (_, ...1): return "\(size), 1 vote. While that one is away nothing can be changed."
        case (_, let votes) where spare(ofVotes: votes) == 0:
            return "\(size), \(count). None of them can be away until one is taken back, which is done in a moment."
        case (_, let votes) where spare(ofVotes: votes) == 1: return "\(size), \(count). Any one of them can be away."
        case (_, let votes): return "\(size), \(count). Any \(spare(ofVotes: votes)) of them can be away."
        }
    }
}
