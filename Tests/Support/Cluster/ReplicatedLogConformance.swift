package import Access
package import ClusterLog
import JobEngine
import Replication

/// What the log of a cluster keeps to, whatever its etcd is made of: all that a log keeps to, and every member comes to
/// the same.
package struct ReplicatedLogConformance {
    private let cluster: String
    private let links: [any Etcd]
    private let time: any TimeSource

    /// - Parameters:
    ///   - cluster: An id nobody used in this etcd.
    ///   - links: A way to etcd for each member.
    ///   - time: It has to go on meanwhile.
    package init(cluster: String, links: [any Etcd], time: any TimeSource) {
        self.cluster = cluster
        self.links = links
        self.time = time
    }

    /// - Returns: What it does otherwise; empty when it is one.
    package func violations() async throws -> [String] {
        guard let first = links.first else { return ["there is a member"] }
        var found: [String] = []
        let format = LogFormat(generation: 1, base: .start)
        for _ in 1...2 {
            if try await first.begin(format, cluster: cluster) != format { found.append("a log is begun once") }
        }
        var nodes: [ClusterNode] = []
        for (place, link) in links.enumerated() {
            let members = Set(11..<11 + links.count)
            nodes.append(
                try await ClusterNode(11 + place, of: members, cluster: cluster, etcd: link, time: time))
        }
        let all = nodes
        found += try await withThrowingTaskGroup(of: [String].self) { group in
            group.addTask {
                defer { for node in all { node.member.stop() } }
                return try await Self.violations(of: all)
            }
            for node in all {
                group.addTask {
                    await node.member.run()
                    return []
                }
            }
            return try await group.reduce([], +)
        }
        return found
    }

    private static func violations(of nodes: [ClusterNode]) async throws -> [String] {
        let master = try await elected(nodes)
        var found = try await LogConformance(master.store).violations()
        if !master.member.isMaster { found.append("who begins a term is the master") }
        let end = try await master.state.applied()
        for node in nodes {
            for await view in node.member.board.views() where view.applied == end.place { break }
            if try await node.state.applied() != end { found.append("a member applies up to the end of the log") }
            let (own, that) = (try await node.store.open(), try await master.store.open())
            let isSame =
                own.head == that.head && own.openJobs == that.openJobs && own.suspendedNodes == that.suspendedNodes
                && own.rules == that.rules && own.nextNumber == that.nextNumber
            if !isSame { found.append("every member comes to the same state") }
            if node.view.master?.node != master.number { found.append("every member knows who decides") }
        }
        return found
    }

    /// Waits until one is elected and has begun a term.
    private static func elected(_ nodes: [ClusterNode]) async throws -> ClusterNode {
        try await withThrowingTaskGroup(of: ClusterNode.self) { group in
            for node in nodes {
                group.addTask {
                    _ = try await node.store.beginTerm()
                    return node
                }
            }
            defer { group.cancelAll() }
            guard let first = try await group.next() else { throw StoreError.unavailable("there is no member") }
            return first
        }
    }
}
