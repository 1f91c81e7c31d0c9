import EXAConf

extension [Acknowledgement] {
    /// How the nodes of a configuration stand to it in a cluster, where its own runner speaks for this node alone: members are
    /// waited for, unless they are suspended.
    func standings(in status: ClusterStatus, _ head: PublishedConfiguration) -> [Acknowledgement] {
        let own = first { $0.node == status.ownNode }
        let others = head.document.nodes.compactMap { node -> Acknowledgement? in
            guard let id = node.id, id != status.ownNode else { return nil }
            return Acknowledgement(node: id, state: status.standing(of: id, node.state, head.suspendedNodes))
        }
        return ((own.map { [$0] } ?? []) + others).sorted { $0.node < $1.node }
    }
}

extension ClusterStatus {
    fileprivate func standing(of node: Int, _ state: String?, _ suspended: Set<Int>) -> Acknowledgement.State {
        if suspended.contains(node) || ["suspended", "deactivated"].contains(state) { return .suspended }
        return members[node] == nil ? .notJoined : .missing
    }
}
