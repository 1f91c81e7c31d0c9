import ClusterLog
import JobEngine
import Support
import Synchronization
import Testing
import Waiting

@testable import Replication

/// What the engine of a member is told of what is applied.
struct NewsTests {
    @Test func everyEntryIsToldOnceInOrderOnEveryNode() async throws {
        try await TestCluster.live { cluster in
            let streams = cluster.nodes.map { (number: $0.number, news: $0.store.news()) }
            let (master, position) = try await cluster.elected()
            var place = position
            for number in 1...10 {
                try await master.store.append([.job(number)], audit: [], after: place)
                place = place.next
            }
            try await cluster.follow(master)
            for (number, stream) in streams {
                var told: [StateNews] = []
                for await news in stream where news.index >= position.index {
                    told.append(news)
                    if news.index == place.index { break }
                }
                #expect(told.map(\.index) == Array(position.index...place.index), "node \(number)")
                #expect(told.map(\.beginsTerm) == [true] + Array(repeating: false, count: 10))
                #expect(told.allSatisfy { $0.isOwn == (number == master.number) && !$0.isLeap })
                #expect(told.dropFirst().map(\.records) == (1...10).map { [.job($0)] })
            }
        }
    }

    @Test func aStateThatWasTakenOverIsALeap() async throws {
        try await TestCluster.live { cluster in
            let (master, position) = try await cluster.elected()
            let other = try #require(cluster.nodes.first { $0.number != master.number })
            try await cluster.stop(other.number)
            var place = position
            for number in 1...10 {
                try await master.store.append([.job(number)], audit: [], after: place)
                place = place.next
            }
            let keys = LogKeys(cluster: TestCluster.id, generation: 1)
            cluster.etcd.delete(from: keys.entries, before: keys.entry(9))
            let gate = Waiter<Void>()
            let peers = HeldPeers(gate: gate, peers: CopyingPeers(other.state, of: master.state))
            let news = try await cluster.begin(other.number, peers: peers).store.news()
            gate.resume(returning: ())
            for await news in news {
                #expect(news.isLeap && news.records.isEmpty)
                break
            }
        }
    }

    @Test func aSlowReaderIsToldOfALeap() async {
        let news = MemberNews()
        // Nobody reads yet: nothing is kept.
        for index in 1...5_000 { news.tell(StateNews([], index: index, isOwn: false)) }
        let stream = news.stream()
        let count = MemberNews.most + 10
        for index in 1...count { news.tell(StateNews([], index: index, isOwn: index.isMultiple(of: 2))) }
        news.end()
        var told: [StateNews] = []
        for await next in stream { told.append(next) }
        #expect(told.map(\.index) == Array(MemberNews.most + 1...count))
        #expect(told.map(\.isLeap) == [true] + Array(repeating: false, count: 9))
        #expect(told.first?.isOwn == false)
    }

    @Test func whatIsLargeIsBoundedByItsBytes() async {
        let news = MemberNews()
        let stream = news.stream()
        // What was taken does not count.
        var iterator = stream.makeAsyncIterator()
        for index in 1...20 {
            news.tell(StateNews([], index: index, isOwn: true), size: MemberNews.largest / 2)
            #expect(await iterator.next()?.isLeap == false)
        }
        for index in 21...23 { news.tell(StateNews([], index: index, isOwn: true), size: MemberNews.largest / 2) }
        let leap = await iterator.next()
        #expect(leap?.isLeap == true && leap?.index == 23)
        #expect(leap?.isOwn == true, "whoever decided all of it need not step down")
    }

    @Test func recordsAreReadByWhoWantsThem() {
        let reads = Mutex(0)
        let records = { @Sendable () -> [LogRecord] in
            reads.withLock { $0 += 1 }
            return [.numbers(through: 7)]
        }
        let news = StateNews(reading: records, index: 1, isOwn: false)
        #expect(reads.withLock { $0 } == 0)
        let read = news.read()
        #expect(read.records == [.numbers(through: 7)] && read.records == read.records)
        #expect(reads.withLock { $0 } == 1)
    }

    @Test func theyEndWithTheMemberAndWithAnotherReader() async throws {
        try await TestCluster.live { cluster in
            let node = try #require(cluster.nodes.first)
            let (first, second) = (node.store.news(), node.store.news())
            for await _ in first {}
            try await cluster.stop(node.number)
            for await _ in second {}
            for await _ in node.store.news() {}
        }
    }
}

/// Answers only when the test says so.
private struct HeldPeers: MemberPeers {
    let gate: Waiter<Void>
    let peers: CopyingPeers

    func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp {
        await gate.answer()
        return await peers.catchUp(since: place, generation: generation)
    }
}
