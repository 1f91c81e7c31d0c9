import JobEngine
import Values

extension FindingRule {
    /// Somebody decides. An election takes a moment, and is no finding.
    static let clusterDecides = FindingRule(.cluster) { state, thresholds, now in
        guard state.actual != "decides", let since = state.since,
            since.age(at: now) >= .seconds(thresholds.lagSeconds)
        else { return nil }
        return state.finding(
            .noMaster, .critical, at: now, cause: "Nothing can be changed in cluster \(state.name)\(state.reason)",
            cure:
                "Bring back nodes that have a vote, until more than half of them are there; 'confd_client cluster' names "
                + "them. Where they are lost for good, 'confd cluster recover' goes on with one node.")
    }

    /// Every node is there that is waited for.
    static let nodeIsThere = FindingRule(.node) { state, _, now in
        guard state.wanted == "present", state.actual == "away" else { return nil }
        return state.finding(
            .nodeAway, .warning, at: now, cause: "Node \(state.name) is away\(state.reason)",
            cure:
                "Start its machine and the daemon there, and see whether the network reaches it. One that is lost for good "
                + "is taken out by 'confd cluster remove \(state.name)'.")
    }

    /// Every node that is there knows what was decided.
    static let nodeKnowsAll = FindingRule(.node) { state, thresholds, now in
        if state.actual == "quarantine" {
            return state.finding(
                .nodeBehind, .critical, at: now,
                cause: "What node \(state.name) has is not what the cluster has\(state.reason)",
                cure: "Have it leave the cluster and join again: 'confd cluster leave' there, then an invitation.")
        }
        guard state.wanted == "present", state.actual != "away", let lag = state.figures[.lagSeconds],
            lag >= thresholds.lagSeconds
        else { return nil }
        return state.finding(
            .nodeBehind, .warning, since: now.advanced(by: .seconds(-lag)), at: now,
            cause: "Node \(state.name) does not know yet what was decided \(lag) s ago\(state.reason)",
            cure:
                "See whether its machine or its disk is overloaded, and read the log of its daemon. It catches up by itself "
                + "once it can.")
    }

    /// A node is as the configuration says.
    static let configurationIsFollowed = FindingRule(.reconciler) { state, _, now in
        guard state.actual == "failing" else { return nil }
        return state.finding(
            .notFollowing, .warning, at: now,
            cause: "Not all of the configuration is in force (\(state.name))\(state.reason)",
            cure: "Cure what is said there; it is tried again within a minute. The log of the daemon has more.")
    }
}

extension Timestamp {
    /// How long ago this was; nothing for what is still to come.
    func age(at now: Timestamp) -> Duration { .milliseconds(max(0, now.milliseconds - milliseconds)) }
}
