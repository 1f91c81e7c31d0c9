import ClusterLog
import JobEngine
import Support
import Testing
import Values

@testable import Replication

/// A generation that is brought to its end, and votes of one that is over.
struct EndOfGenerationTests {
    private static let keys = LogKeys(cluster: TestCluster.id, generation: 1)
    private static let name = MasterKey(
        node: 13, address: "10.0.0.13", port: 20003, since: Timestamp(milliseconds: 0))

    @Test func nobodyDecidesAnyMoreBehindItsEnd() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append([.job(1)], audit: [], after: position)
            let tail = try await cluster.etcd.link().end(Self.keys, by: Self.name)
            // Whoever decided is deposed, and nobody follows them.
            try await cluster.until { cluster.nodes.allSatisfy { !$0.member.isMaster && $0.view.term == nil } }
            try await cluster.pass(.seconds(60))
            #expect(cluster.nodes.allSatisfy { !$0.member.isMaster })
            try await cluster.until { cluster.nodes.allSatisfy { $0.view.applied == tail } }
            // Done again it says the same.
            #expect(try await cluster.etcd.link().end(Self.keys, by: Self.name) == tail)
            try await cluster.etcd.becomeNew(LogFormat(generation: 2, base: tail), cluster: TestCluster.id)
            let (next, place) = try await cluster.elected()
            #expect(place.index == tail.index + 1)
            #expect(next.view.term?.generation == 2)
            try await cluster.follow(next)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [1]) }
        }
    }

    @Test func anEtcdOfAFormerGenerationIsNotFollowed() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.follow(master)
            let base = try await master.state.applied().place
            try await cluster.etcd.becomeNew(LogFormat(generation: 2, base: base), cluster: TestCluster.id)
            try await cluster.until { cluster.nodes.allSatisfy { $0.view.generation == 2 } }
            let (next, _) = try await cluster.elected()
            #expect(next.view.term?.generation == 2)
            try await cluster.follow(next)
            // The former one comes back, with votes enough to decide for itself.
            let applied = next.view.applied
            try await cluster.etcd.becomeNew(.first(of: TestCluster.id), cluster: TestCluster.id)
            try await cluster.pass(.seconds(60))
            #expect(cluster.nodes.allSatisfy { !$0.member.isMaster && $0.view.generation == 2 })
            #expect(cluster.nodes.allSatisfy { $0.view.applied == applied })
        }
    }

    @Test func theEndOfAnotherGenerationIsRefused() async throws {
        try await TestCluster.live { cluster in
            _ = try await cluster.elected()
            let other = LogKeys(cluster: TestCluster.id, generation: 2)
            await #expect(throws: EtcdError.self) {
                _ = try await cluster.etcd.link().end(other, by: Self.name)
            }
        }
    }
}
