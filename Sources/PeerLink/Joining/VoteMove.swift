package import JobEngine
import Values

/// A vote that goes from one node to another, as an administrator wants it.
///
/// The node that is to have it gets it first, and the other one loses it afterwards: at no moment are there fewer votes than
/// before, so nothing that was answered can be lost on the way.
package struct VoteMove: Sendable, Hashable {
    /// Who gets the vote.
    package let node: Int
    /// Who loses it.
    package let former: Int

    /// A move that can be begun now.
    ///
    /// - Parameters:
    ///   - node: Who is to have the vote. One that has it stands for a move that was cut off, as long as there are more votes than
    ///     there should be.
    ///   - former: Who is to lose it; `nil` for the only one that can.
    ///   - suspended: Nodes nobody waits for.
    /// - Throws: `object-missing` for a node that is no member, or has no vote to give; `object-exists` when the node has one;
    ///   `object-busy` while it is not there, is suspended, or is too far behind; `parameter-missing` when it has to be said who
    ///   loses theirs.
    package init(
        to node: Int, from former: Int?, among members: [Votes.Member], suspended: Set<Int>
    ) throws(JobError) {
        let name = Departure.capitalised(node)
        guard let own = members.first(where: { $0.node == node }) else {
            throw JobError(.objectMissing, "\(name) is no member of the cluster.")
        }
        let voters = members.filter(\.isVoter).map(\.node).sorted()
        guard !own.isVoter || voters.count > Votes.wanted(ofNodes: members.count) else {
            throw JobError(
                .objectExists, "\(name) has a vote already: name a node without one.",
                details: ["nodes": .ints(voters)])
        }
        if suspended.contains(node) {
            throw JobError(
                .objectBusy, "\(name) is suspended, and what nobody waits for gets no vote: resume it first.")
        }
        guard own.isVoter || own.isReady else {
            throw JobError(
                .objectBusy,
                "\(name) is away or far behind: it gets the vote once it is there. See 'confd cluster status'.")
        }
        let givers = voters.filter { $0 != node }
        if let former {
            guard givers.contains(former) else {
                throw JobError(
                    .objectMissing,
                    "Node \(former) has no vote it could give: \(Self.list(givers)) \(givers.count == 1 ? "has" : "have").",
                    details: ["nodes": .ints(givers)])
            }
            self.former = former
        } else {
            guard let only = givers.first, givers.count == 1 else {
                throw JobError(
                    .parameterMissing, "Say which node gives its vote ('from'): \(Self.list(givers)).",
                    details: ["nodes": .ints(givers)])
            }
            self.former = only
        }
        self.node = node
    }

    private static func list(_ nodes: [Int]) -> String {
        nodes.isEmpty ? "no node" : nodes.map { "\($0)" }.joined(separator: ", ")
    }
}
