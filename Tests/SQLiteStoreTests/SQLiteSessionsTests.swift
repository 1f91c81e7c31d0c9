import Access
import Certificates
import JobEngine
import Replication
import Support
import Testing

@testable import SQLiteStore

struct SQLiteSessionsTests {
    private let fixture = StoreFixture()

    private func session(_ id: String, user: String = "admin", opened: Int64 = 1000, token: UInt8? = nil) -> Session {
        Session(
            id: id, tokenHash: [UInt8](repeating: token ?? id.utf8.first ?? 0, count: 32), user: user,
            openedBy: .password, address: "::1", openedAt: opened, lastUsedAt: opened, expiresAt: opened + 5000)
    }

    private func token(of user: String) -> APIToken {
        APIToken(id: "t", secretHash: [1], name: "job", user: user, roles: nil, madeAt: 1, expiresAt: nil)
    }

    @Test func sessionsSurviveAPowerCut() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        try await sessions.add(session("a"), asOf: 1)
        let copy = try fixture.copyAsItLies()
        #expect(try await SQLiteSessions(copy.open()).list(user: nil) == [session("a")])
    }

    @Test func aFailedCommitIsUnavailable() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        fixture.commits.failNext()
        await #expect(throws: AccessError.unavailable(retryAfter: .seconds(1))) {
            try await sessions.add(session("a"), asOf: 1)
        }
        #expect(fixture.log.errors == 1)
        try await sessions.add(session("a"), asOf: 1)
    }

    // MARK: As one node of a cluster has them

    @Test func whatIsSurplusOrEndedIsNamedAndStays() async throws {
        let sessions = SQLiteSessions(try fixture.open())
        for (id, opened) in [("a", 1000), ("b", 3000), ("c", 6000)] as [(String, Int64)] {
            try await sessions.add(session(id, opened: opened), asOf: 1)
        }
        try await sessions.add(session("d", user: "anna", opened: 1000), asOf: 1)
        try await sessions.noteUse(of: "a", at: 9000)
        #expect(try await sessions.surplus(over: 1, of: "admin", limit: 9) == ["c", "b"])
        #expect(try await sessions.surplus(over: 0, of: "admin", limit: 2) == ["a", "c"])
        #expect(try await sessions.surplus(over: 3, of: "admin", limit: 9) == [])
        #expect(try await sessions.expired(at: 6000, lastUsedBefore: 1000, limit: 9) == [])
        #expect(try await sessions.expired(at: 6001, lastUsedBefore: 0, limit: 9) == ["a", "d"])
        #expect(try await sessions.expired(at: 0, lastUsedBefore: 6000, limit: 9) == ["b", "d"])
        #expect(try await sessions.expired(at: 0, lastUsedBefore: 6000, limit: 1) == ["b"])
        #expect(try await sessions.session(id: "d")?.user == "anna")
        #expect(try await sessions.session(id: "x") == nil)
        #expect(try await sessions.list(user: nil).count == 4)
    }

    @Test func whoseLoginsEndedMayHaveNoneOfAnEarlierCheck() async throws {
        let file = try fixture.open()
        let (store, sessions, tokens) = (SQLiteStore(file), SQLiteSessions(file), SQLiteTokens(file))
        var ended = EndedLogins(["anna"])
        ended.sessions = [.init(of: "admin", but: nil)]
        try await store.apply([.engine(.revision(.sample(4))), .engine(.loginsEnded(ended))])
        for (user, session, token) in [("anna", false, false), ("admin", false, true), ("eve", true, true)] {
            #expect(try await sessions.allowsSession(of: user, asOf: 3) == session)
            #expect(try await tokens.allowsToken(of: user, asOf: 3) == token)
            #expect(try await sessions.allowsSession(of: user, asOf: 4))
            #expect(try await tokens.allowsToken(of: user, asOf: 4))
        }
        #expect(try await tokens.token(id: "t") == nil)
        #expect(try await tokens.add(token(of: "anna"), limit: 1, asOf: 4))
        #expect(try await tokens.token(id: "t") == token(of: "anna"))
    }

    /// A session that is in use is told again, with the use it had elsewhere.
    @Test func aSessionThatIsToldAgainHasItsLaterUse() async throws {
        let file = try fixture.open()
        var used = session("a")
        used.lastUsedAt = 4000
        try await SQLiteStore(file).apply([.sessionAdded(session("a"), asOf: 1)], [.sessionAdded(used, asOf: 1)])
        #expect(try await SQLiteSessions(file).list(user: nil) == [used])
    }

    @Test func theCertificateALoginCameFromIsKept() async throws {
        let file = try fixture.open()
        let id = CertificateID(issuer: [0x30, 0x0B], serialNumber: "4c1f")
        let session = Session(
            id: "c", tokenHash: [7], user: "admin", openedBy: .certificate, certificate: id, address: "::1",
            openedAt: 1, lastUsedAt: 1, expiresAt: 9)
        try await SQLiteSessions(file).add(session, asOf: 1)
        #expect(try await SQLiteSessions(file).find(tokenHash: [7]) == session)
        let token = APIToken(
            id: "t", secretHash: [8], name: "job", user: "admin", roles: nil, certificate: id, madeAt: 1, expiresAt: nil
        )
        #expect(try await SQLiteTokens(file).add(token, limit: 9, asOf: 1))
        #expect(try await SQLiteTokens(file).token(secretHash: [8]) == token)
    }
}
