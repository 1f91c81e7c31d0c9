import ClusterLog
import JobEngine
import Replication
import Support
import Testing

struct FollowingTests {
    private static let keys = LogKeys(cluster: TestCluster.id, generation: 1)

    @Test func aMemberThatWasAwayReadsWhatItMissed() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            var place = position
            for number in 1...100 {
                try await master.store.append([.job(number)], audit: [], after: place)
                place = place.next
            }
            let back = try await cluster.begin(other.number)
            try await cluster.follow(master)
            #expect(try await back.state.jobNumbers() == Array(1...100))
        }
    }

    @Test func aMemberThatWasAwayForTooLongAsksAnother() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            var place = position
            for number in 1...10 {
                try await master.store.append([.job(number)], audit: [], after: place)
                place = place.next
            }
            cluster.etcd.delete(from: Self.keys.entries, before: Self.keys.entry(9))
            let back = try await cluster.begin(other.number, peers: CopyingPeers(other.state, of: master.state))
            try await cluster.follow(master)
            #expect(try await back.state.jobNumbers() == Array(1...10))
            // What comes from then on is in the log.
            try await master.store.append([.job(11)], audit: [], after: place)
            try await cluster.follow(master)
            #expect(try await back.state.jobNumbers() == Array(1...11))
        }
    }

    @Test func theMasterTrimsWhatAllHave() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            var place = position
            for number in 1...1_200 {
                try await master.store.append([.numbers(through: number)], audit: [], after: place)
                place = place.next
            }
            try await cluster.follow(master)
            try await cluster.until { cluster.entries.first?.header.index == 202 }
            #expect(cluster.entries.last?.header.index == 1_201)
            try await master.store.append([.job(1_300)], audit: [], after: place)
            try await cluster.follow(master)
        }
    }

    @Test func readsOfAMemberThatHearsNothingAreOld() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let board = other.member.board
            try await cluster.until { !board.isBehind(at: cluster.time.monotonic) }
            let link = try cluster.link(other.number)
            link.isCut = true
            try await cluster.pass(.seconds(5))
            #expect(!board.isBehind(at: cluster.time.monotonic))
            try await cluster.pass(.seconds(8))
            #expect(board.isBehind(at: cluster.time.monotonic))
            link.isCut = false
            try await cluster.until { !board.isBehind(at: cluster.time.monotonic) }
            #expect(try #require(board.age(at: cluster.time.monotonic)) <= Vitality.confirmation)
        }
    }

    /// etcd 3.4 goes on telling its watches that there is nothing to tell: a removed user would be let in here for ever.
    @Test func whoseEtcdHasLostTheMajorityKnowsNothingAfterAWhile() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let board = other.member.board
            try await cluster.until { other.view.hasQuorum && other.view.present.count == 3 }
            let link = try cluster.link(other.number)
            link.hasLostMajority = true
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.pass(.seconds(5))
            #expect(!board.isBehind(at: cluster.time.monotonic))
            #expect(other.view.master?.node == master.number)
            try await cluster.pass(.seconds(7))
            #expect(try await other.state.jobNumbers() == [])
            #expect(board.isBehind(at: cluster.time.monotonic))
            #expect(other.view.master == nil)
            #expect(!other.view.hasQuorum)
            #expect(Set(other.view.present.keys).isSubset(of: [other.number]))
            link.hasLostMajority = false
            try await cluster.until { !board.isBehind(at: cluster.time.monotonic) }
            try await cluster.follow(master)
            try await cluster.until { other.view.hasQuorum && other.view.present.count == 3 }
            #expect(other.view.master?.node == master.number)
        }
    }

    @Test func theNewestEntryIsAskedForEveryFewSeconds() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            let board = other.member.board
            try await cluster.until { other.view.master != nil && !board.isBehind(at: cluster.time.monotonic) }
            for _ in 1...100 {
                try await cluster.pass(.milliseconds(300))
                let age = try #require(board.age(at: cluster.time.monotonic))
                #expect(age <= Vitality.confirmation + .milliseconds(500))
            }
        }
    }

    /// Its watch is at a member of etcd that is cut off, and its questions are answered by others.
    @Test func whoseWatchTellsNothingNewReadsWhatThereIs() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let others = cluster.nodes.filter { $0.number != master.number }
            let (reader, gone) = (try #require(others.first), try #require(others.last))
            try await cluster.until { reader.view.present.count == 3 }
            try cluster.link(reader.number).isUnaware = true
            try await cluster.stop(gone.number)
            let began = cluster.time.monotonic
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.until { reader.view.applied == master.view.applied }
            try await cluster.until { reader.view.present[gone.number] == nil }
            #expect(cluster.time.monotonic - began <= .seconds(4))
            #expect(!reader.member.board.isBehind(at: cluster.time.monotonic))
        }
    }

    @Test func whoCannotApplyIsBehind() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.until { !other.member.board.isBehind(at: cluster.time.monotonic) }
            other.state.isFull = true
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.until { other.view.obstacle == .noRoom("no room") }
            try await cluster.pass(.seconds(12))
            #expect(other.member.board.isBehind(at: cluster.time.monotonic))
            try await cluster.until { master.view.present[other.number]?.isReady == false }
            other.state.isFull = false
            try await cluster.follow(master)
            try await cluster.until { !other.member.board.isBehind(at: cluster.time.monotonic) }
        }
    }

    @Test func whoKnowsMoreThanEtcdIsInQuarantine() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.follow(master)
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            let beyond = LogPlace(index: 5, chain: ChainValue(of: [1, 2, 3]))
            let term = try await other.state.applied().term
            try await other.state.apply([], audit: [], upTo: AppliedEntry(beyond, term: term))
            let back = try await cluster.begin(other.number)
            try await cluster.until { back.view.quarantine != nil }
            #expect(back.view.quarantine == .knowsMore(from: 3, to: 5))
            // Nobody takes what it has for the newest, and the others hear of it.
            let doubt = try #require(back.view.doubt)
            #expect(back.member.board.age(at: cluster.time.monotonic) == nil)
            try await cluster.until { master.view.present[other.number]?.quarantine == doubt }
            #expect(master.view.present[other.number]?.isReady == false)
            // It takes part in no election.
            try await cluster.stop(master.number)
            let (next, _) = try await cluster.elected()
            #expect(next.number != back.number)
        }
    }

    /// Its own last entries are others than the cluster's, which has gone on since.
    @Test func whoHasAnotherPastIsInQuarantine() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.follow(master)
            try await cluster.stop(other.number)
            let (place, term) = (try await other.state.applied().place, try await other.state.applied().term)
            let another = LogPlace(index: place.index + 1, chain: ChainValue(of: [1, 2, 3]))
            try await other.state.apply([], audit: [], after: place, upTo: AppliedEntry(another, term: term))
            try await master.store.append([.job(1)], audit: [], after: position)
            try await master.store.append([.job(2)], audit: [], after: position.next)
            let back = try await cluster.begin(other.number)
            try await cluster.until { back.view.stop != nil }
            #expect(back.view.stop == .brokenChain(at: another.index + 1))
            #expect(back.view.doubt == "\(Follower.Stop.brokenChain(at: another.index + 1))")
            try await cluster.until { master.view.present[other.number]?.quarantine != nil }
            #expect(back.member.board.age(at: cluster.time.monotonic) == nil)
            #expect(try await back.state.applied().place == another)
            try await cluster.stop(master.number)
            let (elected, _) = try await cluster.elected()
            #expect(elected.number != back.number)
        }
    }

    @Test func anEntryNobodyCanReadStopsWhoReadsIt() async throws {
        try await TestCluster.live(settings: { $0.levels = 1...2 }) { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            try await master.store.record([.level(2)], audit: [])
            try await master.store.append([.job(1)], audit: [], after: position)
            let old = try await cluster.begin(other.number)
            try await cluster.until { old.view.stop != nil }
            guard case .unknownLevel(2, _, from: master.number) = old.view.stop else {
                Issue.record("it stops for \(String(describing: old.view.stop))")
                return
            }
            #expect(try await old.state.jobNumbers() == [])
        }
    }

    @Test func aNewEtcdIsFollowedFromItsBase() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            try await master.store.append([.job(1)], audit: [], after: position)
            try await cluster.follow(master)
            let base = try await master.state.applied().place
            try await cluster.etcd.becomeNew(LogFormat(generation: 2, base: base), cluster: TestCluster.id)
            try await cluster.until { cluster.nodes.allSatisfy { $0.view.generation == 2 } }
            let (next, place) = try await cluster.elected()
            #expect(place.index == base.index + 1)
            #expect(next.view.term?.generation == 2)
            try await next.store.append([.job(2)], audit: [], after: place)
            try await cluster.follow(next)
            for node in cluster.nodes { #expect(try await node.state.jobNumbers() == [1, 2]) }
        }
    }
}

/// Has a member take the state of another one.
struct CopyingPeers: MemberPeers {
    private let own: InMemoryStore
    private let other: InMemoryStore

    init(_ own: InMemoryStore, of other: InMemoryStore) {
        (self.own, self.other) = (own, other)
    }

    func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp {
        .changed(to: own.becomeCopy(of: other))
    }
}
