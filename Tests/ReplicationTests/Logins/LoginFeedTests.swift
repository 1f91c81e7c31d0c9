import Access
import ClusterLog
import JobEngine
import Support
import Synchronization
import Testing

@testable import Replication

struct LoginFeedTests {
    @Test func recordsComeToWhatIsLeftOfThem() {
        var ended = EndedLogins(["anna"])
        ended.sessions = [.init(of: "bob", but: "s")]
        let set = { (id: String) in ReplicatedRecord.lockSet(SharedLock.fixture(id).replicated) }
        let news = LoginNews([
            .engine(.loginsEnded(ended)), set("a"), .lockLifted("a"), .lockLifted("b"), set("b"), .level(2),
        ])
        #expect(news.endedUsers == ["anna", "bob"] && news.endsCredentials && !news.isWhole)
        #expect(news.locks == [.fixture("b")] && news.liftedLocks == ["a", "b"])
        #expect(LoginNews([.sessionEnded("s")]).endsCredentials)
        #expect(LoginNews([.tokenEnded("t")]).endsCredentials)
        #expect(LoginNews([.engine(.job(1)), .sessionAdded(.fixture("s"), asOf: 1)]).isEmpty)
    }

    @Test func whatMayBeThereIsTold() async throws {
        let state = InMemoryStore()
        let heard = Mutex<[LoginNews]>([])
        let watched = LoginFeed(locks: state) { news in heard.withLock { $0.append(news) } }.watching(state)
        let entry = AppliedEntry(LogPlace(index: 1, chain: .start), term: Term(generation: 1, epoch: 1))
        state.loseAnswer(ofWrite: 1)
        await #expect(throws: StoreError.self) {
            try await watched.apply([.sessionEnded("s")], audit: [], upTo: entry)
        }
        #expect(heard.withLock { $0.count } == 1)
        state.isFull = true
        await #expect(throws: StoreError.self) {
            try await watched.apply([.sessionEnded("s")], audit: [], upTo: entry)
        }
        #expect(heard.withLock { $0.count } == 1)
    }

    @Test func whoGetsAnotherStateIsToldAllOfIt() async throws {
        let state = InMemoryStore()
        let heard = Mutex<[LoginNews]>([])
        let feed = LoginFeed(locks: state) { news in heard.withLock { $0.append(news) } }
        let entry = AppliedEntry(LogPlace(index: 1, chain: .start), term: Term(generation: 1, epoch: 1))
        try await state.apply([.lockSet(SharedLock.fixture("a").replicated)], audit: [], upTo: entry)
        _ = await feed.watching(NoPeers()).catchUp(since: nil, generation: 1)
        #expect(heard.withLock { $0 } == [])
        _ = await feed.watching(OnePeer(entry)).catchUp(since: nil, generation: 1)
        let news = try #require(heard.withLock { $0 }.first)
        #expect(news.isWhole && news.locks == [.fixture("a")])
    }

    private struct OnePeer: MemberPeers {
        let entry: AppliedEntry

        init(_ entry: AppliedEntry) { self.entry = entry }

        func catchUp(since place: LogPlace?, generation: Int) async -> CatchUp { .changed(to: entry) }
    }

    /// The logins of one node refuse what was ended on another.
    @Test func aSessionThatEndedElsewhereIsRefusedHere() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let other = try #require(others.first)
            let services = [master, other].map { one in
                let service = LoginService(
                    authenticator: NamedPasswords(), directory: FixtureDirectory(), sessions: one.sessions,
                    tokens: one.tokens, audit: InMemoryAudit(), time: InstantTime())
                one.node.logins.pass { service.take($0) }
                return service
            }
            let changes = Counter()
            services[1].onChange { changes.add() }
            let admin = Principal(name: "admin", roles: ["exaadm"], userID: nil, groupIDs: [])
            let opened = try await services[0].openSession(for: admin, from: "192.0.2.7")
            try await cluster.follow(master.node)
            let known = try await services[1].authenticate(.bearer(token: opened.token), from: "192.0.2.7")
            #expect(known.name == "admin")
            let before = changes.count
            #expect(try await services[0].revokeSession(id: opened.session.id, by: "root") != nil)
            try await cluster.follow(master.node)
            #expect(changes.count == before + 1)
            await #expect(throws: AccessError.authenticationFailed) {
                _ = try await services[1].authenticate(.bearer(token: opened.token), from: "192.0.2.7")
            }
        }
    }
}
