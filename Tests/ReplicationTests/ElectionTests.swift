import ClusterLog
import JobEngine
import Replication
import Support
import Testing

struct ElectionTests {
    @Test func threeMembersElectOne() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            #expect(position.index == 1)
            #expect(cluster.nodes.filter(\.member.isMaster).map(\.number) == [master.number])
            try await cluster.until { cluster.nodes.allSatisfy { $0.view.master != nil } }
            for node in cluster.nodes {
                #expect(node.view.master?.node == master.number)
                #expect(node.view.master?.address == "10.0.0.\(master.number)")
                #expect(node.view.master?.port == 20_000 + master.number)
            }
            try await cluster.until { cluster.nodes.allSatisfy { $0.view.present.count == 3 && $0.view.hasQuorum } }
        }
    }

    @Test func oneMemberElectsItself() async throws {
        try await TestCluster.live(1) { cluster in
            let (master, _) = try await cluster.elected()
            #expect(master.member.isMaster)
        }
    }

    @Test func aMasterThatStopsIsReplacedAtOnce() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            try await first.store.append([.job(1)], audit: [], after: position)
            let stoppedAt = cluster.time.monotonic
            try await cluster.stop(first.number)
            let (second, place) = try await cluster.elected()
            #expect(second.number != first.number)
            #expect(cluster.time.monotonic - stoppedAt < .seconds(2))
            #expect(place.index == position.index + 2)
            #expect(try await second.store.jobNumbers() == [1])
            try await second.store.append([.job(2)], audit: [], after: place)
            try await cluster.follow(second)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [1, 2]) }
        }
    }

    @Test func aMasterThatIsLostIsReplacedWhenItsLeaseEnds() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let lostAt = cluster.time.monotonic
            try await cluster.kill(first.number)
            let (second, _) = try await cluster.elected()
            #expect(second.number != first.number)
            #expect(cluster.time.monotonic - lostAt > .seconds(7))
            #expect(cluster.time.monotonic - lostAt < .seconds(13))
        }
    }

    @Test func aLeaseOfAnEarlierProcessIsEnded() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.elected()
            let key = LogKeys(cluster: TestCluster.id, generation: 1).master
            let lease = try #require(cluster.etcd.values(from: key, before: key + "0").first?.lease)
            let lostAt = cluster.time.monotonic
            try await cluster.kill(first.number)
            _ = try await cluster.begin(first.number) { $0.formerLease = lease }
            _ = try await cluster.elected()
            #expect(cluster.time.monotonic - lostAt < .seconds(3))
        }
    }

    /// Nothing has to happen for it.
    @Test func aMasterThatHearsNothingIsNoneByItsClockAlone() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let board = master.member.board
            #expect(board.isMaster(at: cluster.time.monotonic))
            #expect(!board.isMaster(at: cluster.time.monotonic + .seconds(7)))
            try cluster.link(master.number).isCut = true
            try await cluster.until { master.view.past != nil }
            #expect(master.view.past?.reason == .fenced)
            #expect(!master.member.isMaster)
        }
    }

    @Test func whoGivesUpATermIsElectedNoMoreThanOthers() async throws {
        try await TestCluster.live { cluster in
            let (first, position) = try await cluster.elected()
            await first.member.follow(members: Set(cluster.numbers), suspended: [first.number], rank: 2, isReady: true)
            await first.member.leave()
            #expect(first.view.past?.reason == .leaving)
            let (second, _) = try await cluster.elected()
            #expect(second.number != first.number)
            await #expect(throws: StoreError.deposed) {
                try await first.store.append([.job(1)], audit: [], after: position)
            }
        }
    }

    @Test func whoNeverGetsElectedIsToldWhenTheMemberStops() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            async let began = refusal { () throws(StoreError) in _ = try await other.store.beginTerm() }
            try await cluster.pass(.seconds(1))
            try await cluster.stop(other.number)
            #expect(await began != nil)
        }
    }

    @Test func viewsEndWithTheMember() async throws {
        try await TestCluster.live { cluster in
            let node = try cluster.node(11)
            async let last = node.member.board.views().reduce(node.view) { $1 }
            try await cluster.stop(11)
            let view = await last
            #expect(view.isOver)
            #expect(view.term == nil)
        }
    }
}
