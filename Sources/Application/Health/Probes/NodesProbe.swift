package import Access
import JobEngine
import Synchronization
import Values

/// The nodes of the cluster, and whether anybody decides: what this node knows by itself, and every other one as well.
package final class NodesProbe: StateProbe {
    package let name = "nodes"
    package let pause = Duration.seconds(2)
    package let wakers = ["master.changed", "node.state"]
    private let cluster: ClusterService
    private let label: @Sendable () -> String
    private let time: any TimeSource
    private let seen = Mutex(Seen())

    private struct Seen {
        var undecided: Timestamp?
        var lags: [String: Lag] = [:]
    }

    /// What a member has still to take, and since when.
    private struct Lag {
        let entry: Int
        let since: Duration
    }

    /// - Parameter label: The name of the cluster.
    package init(_ cluster: ClusterService, time: any TimeSource, label: @escaping @Sendable () -> String) {
        (self.cluster, self.time, self.label) = (cluster, time, label)
    }

    package func look() async -> [ObjectState] {
        guard cluster.status.isElected else { return [] }
        let summary = await cluster.summary()
        return [decision(summary)] + summary.members.map { member in state(of: member, summary) }
    }

    private func decision(_ summary: ClusterSummary) -> ObjectState {
        let status = summary.facts.status
        let decides = status.master != nil
        let since = seen.withLock { seen in
            seen.undecided = decides ? nil : seen.undecided ?? summary.facts.now
            return seen.undecided
        }
        let obstacle = status.changeObstacle
        return ObjectState(
            .cluster, label(), wanted: "decides", actual: obstacle?.rawValue ?? "decides", since: since,
            why: decides ? "" : summary.sentence)
    }

    private func state(of member: ClusterSummary.Member, _ summary: ClusterSummary) -> ObjectState {
        let actual =
            member.quarantine != nil
            ? "quarantine" : !member.isPresent ? "away" : member.isSuspended ? "suspended" : "present"
        var state = ObjectState(
            .node, String(member.node), wanted: member.isSuspended ? "suspended" : "present", actual: actual,
            since: member.awaySince, why: member.quarantine ?? "")
        state.maintenance = member.maintenance?.note
        if member.isPresent, let lag = lag(of: member, summary) {
            state.figures[.lagSeconds] = lag
            state.figures[.lagEntries] = member.lag
        }
        return state
    }

    /// For how long a member has not known all that was decided, in whole seconds; `nil` where nobody can tell.
    private func lag(of member: ClusterSummary.Member, _ summary: ClusterSummary) -> Int? {
        let status = summary.facts.status
        if member.node == status.ownNode, !status.isMaster {
            return status.age.map { Int($0.components.seconds) }
        }
        guard let id = status.members[member.node]?.id else { return nil }
        let (head, now) = (member.applied + member.lag, time.monotonic)
        return seen.withLock { seen in
            // One that has come to where the others were then is behind by what came since, at most.
            if let lag = seen.lags[id], lag.entry > member.applied {
                return Int((now - lag.since).components.seconds)
            }
            seen.lags[id] = member.lag > 0 ? Lag(entry: head, since: now) : nil
            return 0
        }
    }
}
