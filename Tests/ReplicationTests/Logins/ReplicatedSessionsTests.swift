import Access
import JobEngine
import Support
import Testing
import Waiting

@testable import Replication

struct ReplicatedSessionsTests {
    @Test func whatTheMasterOpensWorksOnEveryNodeUntilItEnds() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let (session, token) = (Session.fixture("s"), APIToken.fixture("t"))
            try await master.sessions.add(session, asOf: 1)
            #expect(try await master.tokens.add(token, limit: 9, asOf: 1))
            try await cluster.follow(master.node)
            for other in others + [master] {
                #expect(try await other.sessions.find(tokenHash: session.tokenHash) == session)
                #expect(try await other.sessions.list(user: "anna") == [session])
                #expect(try await other.tokens.token(secretHash: token.secretHash) == token)
                #expect(try await other.tokens.tokens(of: nil) == [token])
                #expect(!other.node.logins.all.contains { $0.endsCredentials })
            }
            #expect(try await master.sessions.revoke(id: "s") == session)
            #expect(try await master.sessions.revoke(id: "s") == nil)
            #expect(try await master.tokens.removeToken(id: "t") == token)
            #expect(try await master.tokens.removeToken(id: "t") == nil)
            try await cluster.follow(master.node)
            for other in others + [master] {
                #expect(other.kept.all == [] && other.keptTokens.all == [])
                #expect(other.node.logins.all.count { $0.endsCredentials } == 2)
            }
        }
    }

    @Test func whereAnotherNodeDecidesNothingBeginsOrEnds() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            try await master.sessions.add(.fixture("s"), asOf: 1)
            _ = try await master.tokens.add(.fixture("t"), limit: 9, asOf: 1)
            try await cluster.follow(master.node)
            let other = try #require(others.first)
            // One by one: an array of such closures ends the compiler of Swift 6.3.
            #expect(
                await denial(of: { () async throws(AccessError) in try await other.sessions.add(.fixture("u"), asOf: 1)
                })
                    == .noMaster)
            #expect(
                await denial(of: { () async throws(AccessError) in _ = try await other.sessions.revoke(id: "s") })
                    == .noMaster)
            #expect(
                await denial(of: { () async throws(AccessError) in try await other.sessions.keepNewest(0, of: "anna") })
                    == .noMaster)
            #expect(
                await denial(of: { () async throws(AccessError) in
                    try await other.sessions.removeExpired(at: .max, lastUsedBefore: 0)
                }) == .noMaster)
            #expect(
                await denial(of: { () async throws(AccessError) in
                    _ = try await other.tokens.add(.fixture("u"), limit: 9, asOf: 1)
                }) == .noMaster)
            #expect(
                await denial(of: { () async throws(AccessError) in _ = try await other.tokens.removeToken(id: "t") })
                    == .noMaster)
            let end = cluster.entries.count
            // A use is this node's own.
            try await other.sessions.noteUse(of: "s", at: 1_800_000_060_000)
            try await other.tokens.noteUse(of: "t", at: 1_800_000_060_000)
            #expect(other.kept.all.map(\.lastUsedAt) == [1_800_000_060_000])
            #expect(other.keptTokens.all.map(\.lastUsedAt) == [1_800_000_060_000])
            #expect(master.kept.all.map(\.lastUsedAt) == [1_800_000_000_000])
            #expect(cluster.entries.count == end)
        }
    }

    /// The password was found right before; what ended its user's logins is on its way to the log.
    @Test func aLoginUnderWayWhenItsUsersEndLeavesNothing() async throws {
        try await TestCluster.live { cluster in
            let (node, position) = try await cluster.elected()
            let master = NodeLogins(node, time: cluster.time)
            let (reached, released) = (Waiter<Void>(), Waiter<Void>())
            try cluster.link(node.number).hold { transaction in
                guard transaction.writesEntry else { return }
                reached.resume(returning: ())
                await released.answer()
            }
            let records: [LogRecord] = [.revision(.sample(2)), .loginsEnded(EndedLogins(["anna"]))]
            async let ended: Void = node.store.append(records, audit: [], after: position)
            await reached.answer()
            async let session = denial { () async throws(AccessError) in
                try await master.sessions.add(.fixture("s"), asOf: 1)
            }
            async let token = denial { () async throws(AccessError) in
                _ = try await master.tokens.add(.fixture("t"), limit: 9, asOf: 1)
            }
            for _ in 1...20 { await Task.yield() }
            try cluster.link(node.number).hold(nil)
            released.resume(returning: ())
            try await ended
            #expect(await session == .authenticationFailed)
            #expect(await token == .authenticationFailed)
            try await master.sessions.add(.fixture("u"), asOf: 2)
            try await cluster.follow(node)
            for other in cluster.nodes {
                #expect(InMemorySessions(other.state).all.map(\.id) == ["u"])
                #expect(other.logins.all.contains { $0.endedUsers == ["anna"] && $0.endsCredentials })
            }
        }
    }

    @Test func surplusAndEndedOnesGoByName() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let begin: Int64 = 1_800_000_000_000
            for (place, id) in ["a", "b", "c", "d"].enumerated() {
                try await master.sessions.add(.fixture(id, openedAt: begin + Int64(place) * 1000), asOf: 1)
            }
            try await master.sessions.noteUse(of: "a", at: begin + 9000)
            try await master.sessions.keepNewest(2, of: "anna")
            try await master.sessions.keepNewest(2, of: "anna")
            #expect(Set(master.kept.all.map(\.id)) == ["a", "d"])
            try await master.sessions.removeExpired(at: begin, lastUsedBefore: begin + 5000)
            try await cluster.follow(master.node)
            // To another node "a" was never used, and is there all the same.
            for other in others { #expect(other.kept.all.map(\.id) == ["a"]) }
        }
    }

    @Test func aUserHasSoManyTokensAndThoseThatEndedDoNotCount() async throws {
        try await TestCluster.live { cluster in
            let (master, others) = try await cluster.logins()
            let begin: Int64 = 1_800_000_000_000
            #expect(try await master.tokens.add(.fixture("a", expiresAt: begin + 10), limit: 2, asOf: 1))
            #expect(try await master.tokens.add(.fixture("b"), limit: 2, asOf: 1))
            #expect(try await !master.tokens.add(.fixture("c", madeAt: begin + 9), limit: 2, asOf: 1))
            #expect(try await master.tokens.add(.fixture("d", madeAt: begin + 10), limit: 2, asOf: 1))
            try await cluster.follow(master.node)
            for other in others { #expect(Set(other.keptTokens.all.map(\.id)) == ["b", "d"]) }
        }
    }

    @Test func aSessionOutlivesItsMaster() async throws {
        try await TestCluster.live { cluster in
            let (first, _) = try await cluster.logins()
            try await first.sessions.add(.fixture("s"), asOf: 1)
            try await cluster.follow(first.node)
            try await cluster.kill(first.node.number)
            let (second, _) = try await cluster.logins(but: [first.node.number])
            #expect(try await second.sessions.find(tokenHash: Session.fixture("s").tokenHash)?.id == "s")
            #expect(try await second.sessions.revoke(id: "s")?.id == "s")
        }
    }

    @Test func withoutRoomASessionIsToldThereIsNone() async throws {
        try await TestCluster.live { cluster in
            let (master, _) = try await cluster.logins()
            cluster.etcd.isFull = true
            let error = await denial(of: { () async throws(AccessError) in
                try await master.sessions.add(.fixture("s"), asOf: 1)
            })
            #expect(error == .outOfSpace)
            cluster.etcd.isFull = false
            try await master.sessions.add(.fixture("s"), asOf: 1)
        }
    }
}
