package import EXAConf
package import JobEngine
import Values

/// What a node is doing, in the words of `node_state`.
package enum NodeCondition: String, Sendable, CaseIterable {
    case online, offline, suspended, deactivated

    /// `deactivated` and `suspended` are the configuration's or an operator's will and count more than what is seen.
    package init(_ node: Node, in cluster: ClusterStatus) {
        let id = node.id ?? -1
        if node.state == Self.deactivated.rawValue {
            self = .deactivated
        } else if node.state == Self.suspended.rawValue || cluster.suspended.contains(id) {
            self = .suspended
        } else {
            self = cluster.isReachable(id) ? .online : .offline
        }
    }
}

extension JobContext {
    /// The nodes of a parameter, once each, all of them known.
    func givenNodes(in document: Document, parameter: String = "nid") throws(JobError) -> [Int] {
        var nodes: [Int] = []
        for id in try arguments.ints(parameter) ?? [] where !nodes.contains(id) {
            _ = try document.given(node: id)
            nodes.append(id)
        }
        guard !nodes.isEmpty else { throw .invalid(parameter, "'\(parameter)': name at least one node.") }
        return nodes
    }

    /// Refuses to take away every node with a vote: without one nothing could be changed.
    func requireVote(without nodes: [Int]) throws(JobError) {
        let voters = cluster.members.filter(\.value.isVoter).keys.sorted()
        guard !voters.isEmpty, voters.allSatisfy(nodes.contains) else { return }
        throw JobError(
            .objectBusy,
            "Given node \(voters.map { String($0) }.joined(separator: ", ")) has the last vote of the cluster and cannot be "
                + "removed: have another node take the vote first.", details: ["nodes": .ints(voters)])
    }

    /// Refuses nodes that are needed for the job itself: the master, and the node this daemon runs on.
    func requireDispensable(_ nodes: [Int], for purpose: String) throws(JobError) {
        for id in nodes where id == cluster.master?.node || id == cluster.ownNode {
            throw JobError(
                .objectBusy,
                "Given node \(id) is the master and cannot be \(purpose): move the master to another node first.")
        }
    }
}
