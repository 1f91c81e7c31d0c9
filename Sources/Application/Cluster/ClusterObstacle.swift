package import JobEngine

/// Why a node cannot be asked for something now that another one, or this one a little later, can tell.
package enum ClusterObstacle: String, Sendable, Hashable, CaseIterable {
    /// The node has never known all that was decided: it is on its way into the cluster.
    case joining
    /// It has not heard for so long that what it knows may be wrong, or what it has is not what the cluster has.
    case behind
    /// Too few nodes are there for anything to be decided.
    case noQuorum = "no-quorum"
    /// There are enough of them, and none decides: one is being elected.
    case noMaster = "no-master"
}

extension ClusterStatus {
    /// A node that has not known the log complete for so long tells nothing of the cluster any more: whoever was removed
    /// meanwhile would be let in by it.
    package static let longestSilence = Duration.seconds(10)

    /// Why this node does not tell what it knows of the cluster; `nil` when it does, and always on the node that decides.
    package var readObstacle: ClusterObstacle? {
        if isMaster { return nil }
        if quarantine != nil { return .behind }
        // One that waits for another version is not on its way.
        guard let age else { return lacksLevel ? .behind : .joining }
        return age < Self.longestSilence ? nil : .behind
    }

    /// Why there is nobody to be asked for changes; `nil` when somebody decides.
    package var changeObstacle: ClusterObstacle? {
        if master != nil { return nil }
        if age == nil { return .joining }
        return hasQuorum && ClusterVotes(self).areEnough ? .noMaster : .noQuorum
    }
}

/// The votes of a cluster; a node that is alone has the only one.
package struct ClusterVotes: Sendable, Hashable {
    /// The members that have one, in order; a witness is the last of them.
    package let all: [Int]
    /// Those of them that are there.
    package let present: [Int]
    /// Whether none has one, and none needs one.
    package let areElsewhere: Bool

    /// The votes as one node sees them.
    package init(_ status: ClusterStatus) {
        areElsewhere = status.isEtcdExternal
        guard status.isElected else {
            (all, present) = ([status.ownNode], [status.ownNode])
            return
        }
        let voters = status.members.filter(\.value.isVoter)
        let witness = status.witness.flatMap { $0.isVoter ? $0 : nil }
        // Its number is above those of nodes.
        all = voters.keys.sorted() + (witness == nil ? [] : [ClusterStatus.Witness.number])
        present =
            voters.filter(\.value.isPresent).keys.sorted()
            + (witness?.isThere == true ? [ClusterStatus.Witness.number] : [])
    }

    /// So many have to be there for anything to be decided.
    package var needed: Int { areElsewhere ? 0 : all.count / 2 + 1 }

    /// Whether a majority is there.
    package var areEnough: Bool { present.count >= needed }
}
