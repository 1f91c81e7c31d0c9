package import Access
package import ClusterLog
package import JobEngine
package import Replication
import Waiting

/// A member of a cluster on a state in memory, and the store an engine would stand on.
package struct ClusterNode: Sendable {
    package let number: Int
    package let state: InMemoryStore
    package let member: ClusterMember
    package let store: ReplicatedStore
    /// What its logins were told.
    package let logins = HeardLogins()

    /// - Parameter cluster: The id of the cluster.
    package init(
        _ number: Int, of members: Set<Int>, cluster: String, etcd: any Etcd, state: InMemoryStore = InMemoryStore(),
        peers: any MemberPeers = NoPeers(), time: any TimeSource, random: RandomSource = .system,
        settings change: (inout MemberSettings) -> Void = { _ in }
    ) async throws {
        var settings = MemberSettings(
            node: number, cluster: cluster, members: members, address: "10.0.0.\(number)", port: 20_000 + number)
        change(&settings)
        self.number = number
        self.state = state
        let feed = LoginFeed(locks: state) { [logins] in logins.take($0) }
        member = try await ClusterMember(
            settings,
            MemberPorts(
                etcd: etcd, state: feed.watching(state), peers: feed.watching(peers), time: time, random: random))
        store = ReplicatedStore(member, state: state, thread: state.thread)
    }

    /// What it knows.
    package var view: MemberView { member.board.view }
}
