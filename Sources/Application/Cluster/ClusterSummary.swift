package import JobEngine
package import Values

/// The nodes of a cluster as people look at them: who has a vote, who is behind, and what it means when one more goes.
///
/// It is made from what one node knows and asks nobody, so that every node has one, also where there is no master.
package struct ClusterSummary: Sendable, Hashable {
    /// What it is made from.
    package let facts: Facts
    /// One for each node that takes part, by id; this node alone where there is no cluster.
    package let members: [Member]
    /// Who has a vote.
    package let votes: ClusterVotes
    /// The members that are there, and without any one of which nothing can be changed; a witness is the last of them.
    package let stoppers: [Int]

    /// What one node knows at one moment.
    package struct Facts: Sendable, Hashable {
        /// With all suspended nodes, those of the configuration too.
        package var status: ClusterStatus
        /// Names of nodes by id, as the configuration has them.
        package var names: [Int: String] = [:]
        /// The newest revision.
        package var revision = 0
        /// How long ago it was decided; `nil` where that is not known.
        package var revisionAge: Duration?
        /// The newest revision each node has confirmed, as far as is known.
        package var acknowledged: [Int: Int] = [:]
        /// Since when nodes are away, as far as this node has seen them go.
        package var away: [Int: Timestamp] = [:]
        /// Since when the witness is, as far as this node has seen it go.
        package var witnessAway: Timestamp?
        /// What is worked on, nodes first.
        package var maintenance: [Maintenance] = []
        /// The term of office; `nil` where that is not known.
        package var term: Int?
        /// The version of this daemon.
        package var version = ""
        /// When all this was so.
        package var now: Timestamp

        /// The state of a cluster, of which nothing else is known.
        package init(_ status: ClusterStatus, now: Timestamp) {
            (self.status, self.now) = (status, now)
        }
    }

    /// What a node does in the cluster.
    package enum Role: String, Sendable, Hashable, CaseIterable {
        /// It decides.
        case master
        /// It can become the master: it has a vote, or none has one.
        case follower
        /// It has all there is, and no vote.
        case standby
    }

    /// A node that takes part.
    package struct Member: Sendable, Hashable {
        /// Its id.
        package let node: Int
        /// Its name in the configuration; empty for one that is not in it.
        package let name: String
        /// Its address inside the cluster, without port; empty where it is not known.
        package let address: String
        /// Where its daemon serves clients; `nil` for the port of this node.
        package let port: Int?
        /// What it does.
        package let role: Role
        /// Whether it has a vote.
        package let hasVote: Bool
        /// Whether it was heard of within its lease.
        package let isPresent: Bool
        /// Whether it has all that is needed to decide.
        package let isReady: Bool
        /// Whether nobody waits for it.
        package let isSuspended: Bool
        /// The version of its daemon; empty while it is away.
        package let version: String
        /// The newest revision it has confirmed; `nil` where that is not known.
        package let revision: Int?
        /// The newest entry of the log it has applied, as it was last told.
        package let applied: Int
        /// How many entries that is behind the node that has most.
        package let lag: Int
        /// Since when it is away; `nil` for one that is there, and where nobody saw it go.
        package let awaySince: Timestamp?
        /// Whether it is there, and others wait for it.
        package let isLaggard: Bool
        /// Why nothing it has is what the cluster has; `nil` for one that may be believed.
        package var quarantine: String?
        /// What of the past has still to come to it.
        package var past: ClusterStatus.MissingPast?
        /// The levels of the log its version knows; `nil` where that is not known.
        package var levels: ClosedRange<Int>?
        /// The work on it that was told beforehand; `nil` for none.
        package var maintenance: Maintenance?
    }

    /// Looks at what is known.
    package init(_ facts: Facts) {
        let status = facts.status
        self.facts = facts
        votes = ClusterVotes(status)
        let head = status.members.values.map(\.applied).max() ?? 0
        members =
            status.isElected
            ? status.members.sorted { $0.key < $1.key }.map { Self.member($0.key, $0.value, head: head, in: facts) }
            : [Self.alone(facts)]
        let witness = status.witness?.isThere == true ? [ClusterStatus.Witness.number] : []
        stoppers = (members.filter(\.isPresent).map(\.node) + witness).filter { Self.isNeeded($0, in: status) }
    }

    /// Whether changes can be decided now.
    package var hasQuorum: Bool { facts.status.hasQuorum && votes.areEnough }

    /// Whether anything of it is worth a look.
    package var isWell: Bool { [.well, .suspended, .maintenance].contains(finding) }
}

extension ClusterSummary {
    /// The position in the log of another node is told every 10 s, while at most 500 entries a second are made: what is behind by
    /// more than this does not keep up.
    static let longestLag = 10_000
    /// A node has a revision confirmed by then whatever its reconcilers do.
    static let longestInstall = Duration.seconds(5)

    private static func alone(_ facts: Facts) -> Member {
        let status = facts.status
        var own = Member(
            node: status.ownNode, name: facts.names[status.ownNode] ?? "",
            address: status.isMaster ? status.master?.address ?? "" : "", port: status.master?.port, role: .master,
            hasVote: true, isPresent: true, isReady: true, isSuspended: status.suspended.contains(status.ownNode),
            version: facts.version, revision: facts.acknowledged[status.ownNode], applied: 0, lag: 0, awaySince: nil,
            isLaggard: false)
        own.maintenance = facts.maintenance(of: status.ownNode)
        return own
    }

    private static func member(
        _ node: Int, _ member: ClusterStatus.Member, head: Int, in facts: Facts
    ) -> Member {
        let role: Role =
            facts.status.master?.node == node
            ? .master : member.isVoter || facts.status.isEtcdExternal ? .follower : .standby
        let isSuspended = facts.status.suspended.contains(node)
        let lag = head - member.applied
        let revision = facts.acknowledged[node]
        let isLate =
            !facts.acknowledged.isEmpty && (revision ?? 0) < facts.revision
            && facts.revisionAge.map { $0 >= longestInstall } == true
        var told = Member(
            node: node, name: facts.names[node] ?? "", address: member.address, port: member.port, role: role,
            hasVote: member.isVoter, isPresent: member.isPresent, isReady: member.isReady, isSuspended: isSuspended,
            version: member.version, revision: revision, applied: member.applied, lag: lag,
            awaySince: member.isPresent ? nil : facts.away[node],
            isLaggard: member.isPresent && !isSuspended && (!member.isReady || isLate || lag > longestLag))
        (told.quarantine, told.past) = (member.quarantine, member.past)
        told.levels = member.levels
        told.maintenance = facts.maintenance(of: node)
        return told
    }

    /// Whether nothing can be changed once this node is away as well.
    private static func isNeeded(_ node: Int, in status: ClusterStatus) -> Bool {
        let votes = ClusterVotes(status)
        let isWitness = node == ClusterStatus.Witness.number
        if !isWitness, status.members.filter(\.value.isPresent).count == 1 { return true }
        if votes.present.filter({ $0 != node }).count < votes.needed { return true }
        // A standby beside one node that decides holds nobody up: both count from three on.
        guard status.members.count > 2, !isWitness else { return false }
        let counted = status.members.filter { !status.suspended.contains($0.key) }
        let away = counted.filter { !$0.value.isPresent || $0.key == node }
        return away.count * 2 >= counted.count + (status.witness?.isVoter == true ? 1 : 0)
    }
}

extension ClusterSummary.Facts {
    fileprivate func maintenance(of node: Int) -> Maintenance? { maintenance.first { $0.subject == .node(node) } }
}
