import ClusterLog
import JobEngine
import Support
import Synchronization
import Testing
import Values

@testable import Replication

/// The cluster as jobs of a member see it.
@Suite struct MemberClusterTests {
    /// A state that knows of members alone.
    private final class MembersOnly: ReplicatedTables {
        private let known = Mutex<[ReplicatedMember]>([])

        func take(_ members: [ReplicatedMember]) { known.withLock { $0 = members } }
        func members() async throws(StoreError) -> [ReplicatedMember] { known.withLock { $0 } }
        func files() async throws(StoreError) -> [ReplicatedFile] { [] }
        func locks() async throws(StoreError) -> [ReplicatedLock] { [] }
        func level() async throws(StoreError) -> Int { 1 }
        func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive { throw .unavailable("none") }
        func dump() async throws(StoreError) -> ReplicatedDump { throw .unavailable("none") }
    }

    /// What the witness answered.
    private final class Heard: Sendable {
        let sign = Mutex<WitnessSign?>(nil)
    }

    private static func member(_ number: Int) -> ReplicatedMember {
        ReplicatedMember(
            node: number, id: "m\(number)", address: "10.0.0.\(number % 256)", port: 20_000, peerPort: 20_001,
            since: Timestamp(milliseconds: 0))
    }

    private func seen(
        by node: ClusterNode, in cluster: TestCluster, tables: MembersOnly = MembersOnly(), heard: Heard = Heard(),
        voters: @escaping @Sendable () -> Set<Int> = { [] }
    ) -> MemberCluster {
        let own = Self.member(node.number)
        return MemberCluster(
            own, booted: own.since, member: node.member, tables: tables, time: cluster.time, voters: voters,
            witness: { heard.sign.withLock { $0 } }, ports: { _ in nil })
    }

    /// It has a vote, and is there when it says so itself.
    @Test(.timeLimit(.minutes(1))) func theWitnessIsNoMember() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let number = ClusterStatus.Witness.number
            let (tables, heard) = (MembersOnly(), Heard())
            tables.take((cluster.numbers + [number]).map(Self.member))
            let seen = seen(by: first, in: cluster, tables: tables, heard: heard) { [11, number] }
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await seen.run(suspended: { [] }, isReady: { true }) }
                try await cluster.until { seen.status.members.count == cluster.numbers.count }
                #expect(seen.status.members[number] == nil)
                let away = try #require(seen.status.witness)
                #expect(away.id == "m\(number)" && away.isVoter && !away.isPresent && !away.isThere)
                heard.sign.withLock { $0 = WitnessSign(version: "0.5.0", fault: nil) }
                #expect(seen.status.witness?.isThere == true && seen.status.witness?.version == "0.5.0")
                heard.sign.withLock { $0 = WitnessSign(version: "0.5.0", fault: "it runs, and knows no leader") }
                #expect(seen.status.witness?.isPresent == true && seen.status.witness?.isThere == false)
            }
        }
    }

    /// Who was removed or let in just now is not, or is, among those by whom something is decided.
    @Test func whoDecidesByItHasTheMembersOfNow() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let tables = MembersOnly()
            let seen = seen(by: first, in: cluster, tables: tables)
            tables.take([Self.member(first.number), Self.member(20)])
            #expect(seen.status.members[20] == nil)
            #expect(await seen.latest().members[20] != nil)
            tables.take([])
            #expect(await seen.latest().members.keys.sorted() == [first.number])
        }
    }

    /// It is kept between two changes, and never for longer.
    @Test func theStateIsThatOfNow() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            let voters = Mutex<Set<Int>>([])
            let seen = seen(by: first, in: cluster) { voters.withLock { $0 } }
            try await cluster.until { seen.status.isMaster }
            #expect(seen.status == seen.status && seen.status.members[first.number]?.isVoter == false)
            voters.withLock { $0 = [first.number] }
            #expect(seen.status.members[first.number]?.isVoter == true)
            first.state.isFull = true
            try? await first.store.append([.job(1)], audit: [], after: position)
            try await cluster.until { first.view.obstacle != nil }
            #expect(seen.status.obstacle?.contains("no room") == true)
        }
    }

    @Test func aTermIsHandedOverThroughIt() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.last { $0.number != first.number })
            try await cluster.until { first.view.present[other.number]?.isReady == true }
            let before = seen(by: first, in: cluster)
            try await cluster.until { before.status.isMaster }
            try await before.handOver(to: other.number)
            #expect(!before.status.isMaster)
            let (second, _) = try await cluster.elected()
            #expect(second.number == other.number)
            let after = seen(by: second, in: cluster)
            try await cluster.until { after.status.isMaster }
        }
    }

    /// With it gone, the next one is not to wait for it.
    @Test func whoDecidesAndWhoIsAwayAreNotWaitedFor() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let others = cluster.nodes.map(\.number).filter { $0 != first.number }
            let last = try #require(cluster.nodes.last { $0.number != first.number })
            try await cluster.until { last.view.master?.node == first.number && last.view.present.count == 3 }
            let nodes = Set(cluster.numbers)
            #expect(MemberCluster.contenders(nodes, own: last.number, last.view) == Set(others))
            // Whoever decides goes by its own place, should it be deposed.
            #expect(MemberCluster.contenders(nodes, own: first.number, first.view).contains(first.number))
            try await cluster.kill(try #require(others.first { $0 != last.number }))
            try await cluster.until { last.view.present.count == 2 }
            #expect(MemberCluster.contenders(nodes, own: last.number, last.view) == [last.number])
        }
    }

    /// What waits for it is not to wait for what changes all the time.
    @Test(.timeLimit(.minutes(1))) func whoDecidesIsToldAtOnce() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let others = cluster.nodes.filter { $0.number != first.number }
            let (watcher, heir) = (try #require(others.first), try #require(others.last))
            try await cluster.until { first.view.present[heir.number]?.isReady == true }
            let seen = seen(by: watcher, in: cluster)
            try await withThrowingTaskGroup(of: Void.self) { group in
                defer { group.cancelAll() }
                group.addTask { await seen.run(suspended: { [] }, isReady: { true }) }
                try await cluster.until { seen.status.master?.node == first.number }
                let changes = seen.changes()
                try await cluster.withoutTime {
                    try await first.member.handOver(to: heir.number)
                    for await status in changes where status.master?.node == heir.number { break }
                }
            }
        }
    }

    /// Nobody is sent to a master that may be none any more.
    @Test func whoHasLostTheMajorityNamesNobody() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let seen = seen(by: other, in: cluster)
            try await cluster.until { seen.status.master?.node == master.number && seen.status.hasQuorum }
            try cluster.link(other.number).hasLostMajority = true
            try await cluster.until { seen.status.master == nil }
            #expect(!seen.status.hasQuorum)
            #expect(try #require(seen.status.age) >= Vitality.old)
        }
    }

    /// It hears of the others still, and has to ask whoever decides to let it go.
    @Test func whoIsInQuarantineSaysSoAndKnowsWhoDecides() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            try await cluster.follow(master)
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            let (place, term) = (try await other.state.applied().place, try await other.state.applied().term)
            let beyond = LogPlace(index: place.index + 2, chain: ChainValue(of: [1]))
            try await other.state.apply([], audit: [], upTo: AppliedEntry(beyond, term: term))
            let back = try await cluster.begin(other.number)
            let seen = seen(by: back, in: cluster)
            try await cluster.until { seen.status.quarantine != nil && seen.status.master?.node == master.number }
            #expect(seen.status.age == nil)
            #expect(seen.status.members[back.number]?.quarantine == seen.status.quarantine)
            // Also after longer than anything old is told.
            try await cluster.pass(.seconds(30))
            #expect(seen.status.master != nil && seen.status.quarantine != nil)
            try cluster.link(back.number).hasLostMajority = true
            try await cluster.until { seen.status.master == nil }
        }
    }

    @Test func whyItCannotBeHandedOverIsSaidInTheWordsOfJobs() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let error = await refusal { () throws(JobError) in
                try await seen(by: first, in: cluster).handOver(to: 99)
            }
            #expect(error?.code == .objectBusy && error?.details["nodes"] == [99])
            #expect(error?.message.contains("node 99 is not there to take over") == true)
            #expect(first.member.isMaster)
            let other = try #require(cluster.nodes.first { $0.number != first.number })
            let stranger = await refusal { () throws(JobError) in
                try await seen(by: other, in: cluster).handOver(to: first.number)
            }
            #expect(stranger?.code == .noMaster)
        }
    }

    private func refusal(_ work: () async throws(JobError) -> Void) async -> JobError? {
        do throws(JobError) {
            try await work()
            return nil
        } catch {
            return error
        }
    }
}
