import Certificates
import EXAConf
package import JobEngine

extension ClusterStatus {
    /// Whether a node can be asked for something now: members are while they are heard of, of other nodes it is known when
    /// they were started.
    package func isReachable(_ node: Int) -> Bool {
        if node == ownNode { return true }
        if isElected { return members[node]?.isPresent ?? false }
        return booted[node] != nil
    }
}

extension JobContext {
    /// Nodes of the configuration that can be reached, this one first.
    var reachableNodes: [Int] {
        let others = document.nodes.compactMap(\.id).filter { $0 != cluster.ownNode && cluster.isReachable($0) }
        return [cluster.ownNode] + others.sorted()
    }

    /// Members of the cluster that cannot be reached now, which all the others wait for.
    var absentMembers: [Int] {
        cluster.members.keys.filter { !cluster.isReachable($0) && document.node(id: $0) != nil }.sorted()
    }

    /// The node something is best asked for on: the first of these, or this one when that cannot be reached.
    func node(among nodes: [Int]) -> Int {
        nodes.first.flatMap { cluster.isReachable($0) ? $0 : nil } ?? cluster.ownNode
    }
}

extension RevisionFile {
    /// A file of all nodes, as a command writes a text to a place of the installation; `nil` for a path that is none.
    init?(_ kind: Place.Kind, at path: String, _ text: String, mode: Int) {
        guard let place = try? Place(kind, path), place.root == nil else { return nil }
        self.init(path: place.names.joined(separator: "/"), sha256: Digest.sha256Hex(text.utf8), mode: mode)
    }
}
