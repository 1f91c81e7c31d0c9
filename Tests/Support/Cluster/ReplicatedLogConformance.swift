package import Access
package import ClusterLog
import JobEngine
package import Replication
package import Waiting

/// What the log of a cluster keeps to, whatever its etcd and the states of its members are made of: all that a log keeps to, and
/// every member comes to the same.
package struct ReplicatedLogConformance {
    /// What one member stands on.
    package struct Ground: Sendable {
        let etcd: any Etcd
        let state: any ReplicatedState
        let thread: SerialThread

        /// A way to etcd, and an empty state with the thread its changes are made on.
        package init(etcd: any Etcd, state: any ReplicatedState, thread: SerialThread) {
            (self.etcd, self.state, self.thread) = (etcd, state, thread)
        }
    }

    private struct Node: Sendable {
        let number: Int
        let state: any ReplicatedState
        let member: ClusterMember
        let store: ReplicatedStore
    }

    private let cluster: String
    private let grounds: [Ground]
    private let time: any TimeSource

    /// - Parameters:
    ///   - cluster: An id nobody used in this etcd.
    ///   - grounds: One for each member.
    ///   - time: It has to go on meanwhile.
    package init(cluster: String, grounds: [Ground], time: any TimeSource) {
        self.cluster = cluster
        self.grounds = grounds
        self.time = time
    }

    /// Members with states in memory.
    ///
    /// - Parameter links: A way to etcd for each member.
    package init(cluster: String, links: [any Etcd], time: any TimeSource) {
        let grounds = links.map { link in
            let state = InMemoryStore()
            return Ground(etcd: link, state: state, thread: state.thread)
        }
        self.init(cluster: cluster, grounds: grounds, time: time)
    }

    /// - Returns: What it does otherwise; empty when it is one.
    package func violations() async throws -> [String] {
        guard let first = grounds.first?.etcd else { return ["there is a member"] }
        var found: [String] = []
        let format = LogFormat.first(of: cluster)
        for _ in 1...2 {
            if try await first.begin(format, cluster: cluster) != format { found.append("a log is begun once") }
        }
        var nodes: [Node] = []
        for (place, ground) in grounds.enumerated() {
            nodes.append(try await node(11 + place, on: ground))
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

    private func node(_ number: Int, on ground: Ground) async throws -> Node {
        let settings = MemberSettings(
            node: number, cluster: cluster, members: Set(11..<11 + grounds.count), address: "10.0.0.\(number)",
            port: 20_000 + number)
        let member = try await ClusterMember(
            settings, MemberPorts(etcd: ground.etcd, state: ground.state, time: time))
        let store = ReplicatedStore(member, state: ground.state, thread: ground.thread)
        return Node(number: number, state: ground.state, member: member, store: store)
    }

    private static func violations(of nodes: [Node]) async throws -> [String] {
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
            if node.member.board.view.master?.node != master.number { found.append("every member knows who decides") }
        }
        return found
    }

    /// Waits until one is elected and has begun a term.
    private static func elected(_ nodes: [Node]) async throws -> Node {
        try await withThrowingTaskGroup(of: Node.self) { group in
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
