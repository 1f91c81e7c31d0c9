import ClusterLog
import JobEngine
import Support
import Testing
import Values

@testable import Replication

/// A level of the log in a cluster of members that know it, and of one that does not.
@Suite(.timeLimit(.minutes(5))) struct LevelRaisingTests {
    /// What a state says of members and levels.
    private struct Tables: ReplicatedTables {
        let state: InMemoryStore
        let nodes: [Int]

        func members() async throws(StoreError) -> [ReplicatedMember] {
            nodes.map { node in
                ReplicatedMember(
                    node: node, id: "m\(node)", address: "10.0.0.\(node)", port: 20_000, peerPort: 20_001,
                    since: Timestamp(milliseconds: 0))
            }
        }
        func files() async throws(StoreError) -> [ReplicatedFile] { [] }
        func locks() async throws(StoreError) -> [ReplicatedLock] { [] }
        func level() async throws(StoreError) -> Int { try await state.level() }
        func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive { throw .unavailable("none") }
        func dump() async throws(StoreError) -> ReplicatedDump { throw .unavailable("none") }
    }

    private static func raising(_ node: ClusterNode, in cluster: TestCluster) -> LevelRaising {
        // The witness is a member that knows no level.
        LevelRaising(
            node.store,
            tables: Tables(state: node.state, nodes: cluster.numbers + [ClusterStatus.Witness.number]),
            time: cluster.time, delay: .seconds(60))
    }

    private static func refusal(of level: Int, by raising: LevelRaising) async -> LevelRefusal? {
        do throws(LevelRefusal) {
            _ = try await raising.raise(to: level)
            return nil
        } catch {
            return error
        }
    }

    private static let both: @Sendable (inout MemberSettings) -> Void = { $0.levels = 1...2 }

    @Test func itIsInForceForWhatComesBehindIt() async throws {
        try await TestCluster.live(settings: Self.both) { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.until { master.view.present.count == 3 }
            let raising = Self.raising(master, in: cluster)
            #expect(await Self.refusal(of: 2, by: Self.raising(other, in: cluster)) == .store(.deposed))
            #expect(await Self.refusal(of: 3, by: raising) == .tooFar(3, inForce: 1))
            #expect(try await raising.raise(to: 2) && master.view.level == 2)
            #expect(try await raising.raise(to: 2) == false)
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.follow(master)
            #expect(cluster.entries.map(\.header.level) == [1, 1, 2])
            for node in cluster.nodes { #expect(try await node.state.level() == 2) }
            // The next term goes on with it.
            try await cluster.stop(master.number)
            let (next, _) = try await cluster.elected()
            #expect(next.view.level == 2 && cluster.entries.last?.header.level == 2)
        }
    }

    @Test func whoDoesNotKnowItIsWaitedForAndFollowsNothingBehindIt() async throws {
        try await TestCluster.live(settings: Self.both) { cluster in
            let (master, position) = try await cluster.elected()
            let number = try #require(cluster.numbers.first { $0 != master.number })
            let raising = Self.raising(master, in: cluster)
            try await cluster.stop(number)
            try await cluster.until { master.view.present.count == 2 && master.view.present[number] == nil }
            #expect(await Self.refusal(of: 2, by: raising) == .lacking(2, [number: .away]))
            // It is of the version before.
            _ = try await cluster.begin(number)
            try await cluster.until { master.view.present[number]?.levels == 1...1 }
            #expect(await Self.refusal(of: 2, by: raising) == .lacking(2, [number: .knows(1...1)]))
            try await cluster.stop(number)
            _ = try await cluster.begin(number, settings: Self.both)
            try await cluster.until { master.view.present[number]?.levels == 1...2 }
            #expect(try await raising.raise(to: 2))
            try await cluster.follow(master)
            // There is no way back for it.
            try await cluster.stop(number)
            let old = try await cluster.begin(number)
            try await cluster.until { old.view.stop != nil }
            #expect(old.view.stop == .levelInForce(2) && old.view.doubt == nil)
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.until { master.view.present[number]?.isReady == false }
            #expect(try await old.state.jobNumbers() == [])
            // It hears of the others, and takes part in no election.
            try await cluster.until { old.view.master?.node == master.number }
            try await cluster.stop(master.number)
            let (next, _) = try await cluster.elected()
            #expect(next.number != number)
        }
    }

    @Test func itIsRaisedByItselfWhereItIsDecided() async throws {
        try await TestCluster.live(settings: Self.both) { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.until { master.view.present.count == 3 && other.view.present.count == 3 }
            let (here, there) = (Self.raising(master, in: cluster), Self.raising(other, in: cluster))
            await here.look()
            await there.look()
            #expect((here.remaining ?? .zero) > .seconds(30))
            try await cluster.pass(.seconds(61))
            await there.look()
            #expect(master.view.level == 1 && there.remaining == .zero)
            await here.look()
            #expect(master.view.level == 2)
            await here.look()
            #expect(here.remaining == nil)
        }
    }

    /// A state of a later life of the cluster is none to go on from.
    @Test func aStateOfALevelNobodyHereKnowsIsNotFollowed() async throws {
        try await TestCluster.live(settings: Self.both) { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            try await master.store.record([.level(2)], audit: [])
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.follow(master)
            let keys = LogKeys(cluster: TestCluster.id, generation: 1)
            cluster.etcd.delete(from: keys.entries, before: keys.entry(3))
            let back = try await cluster.begin(other.number, peers: CopyingPeers(other.state, of: master.state))
            try await cluster.until { back.view.stop != nil }
            #expect(back.view.stop?.level == 2 && back.view.level == 2)
        }
    }
}
