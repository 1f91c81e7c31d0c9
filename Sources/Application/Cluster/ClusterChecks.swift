import JobEngine
import Values

/// How this node stands in its cluster, as checks of whoever watches it: they ask nobody and never hang.
package struct ClusterChecks: Sendable {
    private let service: ClusterService

    package init(_ service: ClusterService) { self.service = service }

    /// What is found now; for a node that is alone nothing but maintenance.
    package var now: [ReadinessChecks.Check] {
        let (status, maintenance) = (service.status, service.maintenance)
        guard status.isElected else { return Self.maintenance(maintenance) }
        return [Self.log(status), Self.master(status), Self.members(status, maintenance)] + Self.past(status)
            + Self.fence(status.decidesFor) + Self.maintenance(maintenance)
    }

    /// What is worked on: it never makes the node unready, and what it is for is not for strangers.
    static func maintenance(_ all: [Maintenance]) -> [ReadinessChecks.Check] {
        guard !all.isEmpty else { return [] }
        let detail = all.map { "\($0.subject.text): \($0.note)" }.joined(separator: ", ")
        return [.init(name: "maintenance", isReady: true, detail: detail)]
    }

    /// Whether what was decided elsewhere is known here.
    static func log(_ status: ClusterStatus) -> ReadinessChecks.Check {
        if let quarantine = status.quarantine {
            return .init(name: "log", isReady: false, detail: ClusterSummary.words(ofQuarantine: quarantine))
        }
        if let obstacle = status.obstacle { return .init(name: "log", isReady: false, detail: obstacle) }
        guard let age = status.isMaster ? .zero : status.age else {
            return .init(name: "log", isReady: false, detail: "joining: not all that was decided is known here yet")
        }
        let head = status.members.values.map(\.applied).max() ?? 0
        let lag = head - (status.members[status.ownNode]?.applied ?? head)
        let detail =
            age < ClusterStatus.longestSilence
            ? "complete \(seconds(age)) s ago, \(lag) entries behind"
            : "behind: it was complete \(seconds(age)) s ago"
        return .init(
            name: "log", isReady: age < ClusterStatus.longestSilence,
            isImpaired: lag > ClusterSummary.longestLag, detail: detail)
    }

    /// Whether somebody decides.
    static func master(_ status: ClusterStatus) -> ReadinessChecks.Check {
        guard let master = status.master else {
            let reason = status.changeObstacle?.rawValue ?? ""
            return .init(name: "master", isReady: false, detail: "\(reason): nobody decides now")
        }
        return .init(name: "master", isReady: true, detail: "node \(master.node)")
    }

    /// Whether all nodes are there; one that is away is nothing this node could mend, and one that is worked on may be.
    static func members(_ status: ClusterStatus, _ maintenance: [Maintenance] = []) -> ReadinessChecks.Check {
        let expected = maintenance.compactMap { if case .node(let node) = $0.subject { node } else { nil } }
        let away = status.members.filter { !$0.value.isPresent && !status.suspended.contains($0.key) }.keys.sorted()
        let isWitnessAway = status.witness.map { $0.isVoter && !$0.isThere } ?? false
        let all = away + (isWitnessAway ? [ClusterStatus.Witness.number] : [])
        let detail = all.isEmpty ? "all are there" : "\(ClusterSummary.named(all)) away"
        return .init(name: "members", isReady: true, isImpaired: !all.allSatisfy(expected.contains), detail: detail)
    }

    /// What has still to come of the past: it never makes the node unready.
    static func past(_ status: ClusterStatus) -> [ReadinessChecks.Check] {
        guard let past = status.past else { return [] }
        return [.init(name: "past", isReady: true, detail: past.words)]
    }

    /// For how long a node that decides does so without hearing of anybody; one whose time has passed decides no more.
    static func fence(_ left: Duration?) -> [ReadinessChecks.Check] {
        guard let left else { return [] }
        return [.init(name: "fence", isReady: true, detail: "decides for \(seconds(left)) s more by itself")]
    }

    private static func seconds(_ duration: Duration) -> String {
        MetricText.number((duration.inSeconds * 10).rounded() / 10)
    }
}
