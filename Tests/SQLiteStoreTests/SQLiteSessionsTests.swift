import Access
import Testing

@testable import SQLiteStore

struct SQLiteSessionsTests {
    private let fixture = StoreFixture()

    private func session(_ id: String, user: String = "admin", opened: Int64 = 1000, token: UInt8? = nil) -> Session {
        Session(
            id: id, tokenHash: [UInt8](repeating: token ?? id.utf8.first ?? 0, count: 32), user: user,
            openedBy: .password, address: "::1", openedAt: opened, lastUsedAt: opened, expiresAt: opened + 5000)
    }

    @Test func aSessionIsFoundByItsTokenUntilItIsRevoked() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        let session = session("a")
        try await sessions.save(session)
        #expect(try await sessions.find(tokenHash: session.tokenHash) == session)
        #expect(try await sessions.find(tokenHash: []) == nil)
        #expect(try await sessions.revoke(id: "a") == session)
        #expect(try await sessions.revoke(id: "a") == nil)
        #expect(try await sessions.find(tokenHash: session.tokenHash) == nil)
    }

    @Test func aUseIsNotedButDoesNotBringARevokedSessionBack() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        var session = session("a")
        try await sessions.save(session)
        session.lastUsedAt += 60
        try await sessions.save(session)
        #expect(try await sessions.find(tokenHash: session.tokenHash) == session)
        _ = try await sessions.revoke(id: "a")
        try await sessions.save(session)
        #expect(try await sessions.find(tokenHash: session.tokenHash) == nil)
    }

    @Test func sessionsAreListedNewestFirst() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        for (id, user, opened) in [("a", "admin", 1), ("b", "anna", 3), ("c", "admin", 2)] as [(String, String, Int64)]
        {
            try await sessions.save(session(id, user: user, opened: opened))
        }
        #expect(try await sessions.list(user: nil).map(\.id) == ["b", "c", "a"])
        #expect(try await sessions.list(user: "admin").map(\.id) == ["c", "a"])
        #expect(try await sessions.list(user: "nobody").isEmpty)
    }

    @Test func theSameTokenReplacesTheSession() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        try await sessions.save(session("a", token: 7))
        try await sessions.save(session("b", user: "anna", token: 7))
        #expect(try await sessions.list(user: nil).map(\.id) == ["b"])
    }

    @Test func endedAndIdleSessionsAreRemoved() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        for (id, opened) in [("a", 1000), ("b", 3000), ("c", 6000)] as [(String, Int64)] {
            try await sessions.save(session(id, opened: opened))
        }
        try await sessions.removeExpired(at: 6001, lastUsedBefore: 0)
        #expect(try await sessions.list(user: nil).map(\.id) == ["c", "b"])
        try await sessions.removeExpired(at: 6001, lastUsedBefore: 4000)
        #expect(try await sessions.list(user: nil).map(\.id) == ["c"])
    }

    @Test func sessionsSurviveAPowerCut() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        try await sessions.save(session("a"))
        let copy = try fixture.copyAsItLies()
        #expect(try await SQLiteSessions(copy.open()).list(user: nil) == [session("a")])
    }

    @Test func aFailedCommitIsUnavailable() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        fixture.commits.failNext()
        await #expect(throws: AccessError.unavailable(retryAfter: .seconds(1))) {
            try await sessions.save(session("a"))
        }
        #expect(fixture.log.errors == 1)
        try await sessions.save(session("a"))
    }
}
