import Support
import Synchronization
import Testing

@testable import Access

/// What other nodes ended.
struct LoginNewsTests {
    private let fixture = LoginFixture()

    private func changes() -> UInt64 { fixture.service.changes }

    @Test func whatEndedIsLookedAtAgain() {
        var news = LoginNews()
        news.endsCredentials = true
        let before = changes()
        fixture.service.take(news)
        #expect(changes() == before + 1)
        fixture.service.take(LoginNews())
        #expect(changes() == before + 1)
    }

    @Test func whatAUserHadProvenIsForgottenAndWhatLastsOfItEnds() async throws {
        let anna = try await fixture.login("anna", "right")
        _ = try await fixture.login("root", "toor")
        let asked = fixture.authenticator.asked.count
        var lasting = LastingLogin(anna, logins: fixture.service, time: fixture.time)
        try await lasting.check()
        var news = LoginNews()
        news.endedUsers = ["anna"]
        fixture.service.take(news)
        _ = try await fixture.login("root", "toor")
        #expect(fixture.authenticator.asked.count == asked)
        _ = try await fixture.login("anna", "right")
        #expect(fixture.authenticator.asked.count == asked + 1)
        await #expect(throws: AccessError.authenticationFailed) { try await lasting.check() }
    }

    @Test func anotherStateIsKnownAnew() async throws {
        _ = try await fixture.login("anna", "right")
        let (asked, before) = (fixture.authenticator.asked.count, changes())
        var news = LoginNews()
        news.isWhole = true
        fixture.service.take(news)
        #expect(changes() == before + 1)
        _ = try await fixture.login("anna", "right")
        #expect(fixture.authenticator.asked.count == asked + 1)
    }

    /// Whoever decides ends it.
    @Test func aSessionWhoseUserIsGoneIsRefusedWhereItCannotBeEnded() async throws {
        let principal = try await fixture.login("anna", "right")
        let opened = try await fixture.service.openSession(for: principal, from: "192.0.2.7")
        let service = LoginService(
            authenticator: fixture.authenticator, directory: fixture.directory,
            sessions: OthersSessions(sessions: fixture.sessions), tokens: fixture.tokens, audit: fixture.audit,
            time: fixture.time)
        #expect(try await service.authenticate(.bearer(token: opened.token), from: "192.0.2.7").name == "anna")
        fixture.directory.remove("anna")
        service.drop()
        await #expect(throws: AccessError.authenticationFailed) {
            _ = try await service.authenticate(.bearer(token: opened.token), from: "192.0.2.7")
        }
        #expect(fixture.sessions.all.count == 1)
    }

    // MARK: Kept elsewhere

    @Test func sessionsAndTokensAreKeptElsewhereFromOneWriteToTheNext() async throws {
        let (first, second) = (InMemorySessions(), InMemorySessions())
        let (sessions, tokens) = (SessionsInForce(first), TokensInForce(InMemoryTokens()))
        let other = InMemoryTokens()
        try await sessions.add(Self.session("a"), asOf: 1)
        try await sessions.change { former in
            // What was there is there.
            for session in try await former.list(user: nil) { try await second.add(session, asOf: 1) }
            await tokens.change { _ in other }
            #expect(try await sessions.list(user: nil).map(\.id) == ["a"])
            return second
        }
        try await sessions.add(Self.session("b"), asOf: 1)
        #expect(second.all.map(\.id) == ["a", "b"] && first.all.map(\.id) == ["a"])
        #expect(try await sessions.revoke(id: "a")?.id == "a")
        #expect(try await sessions.find(tokenHash: Self.session("b").tokenHash)?.id == "b")
        let token = APIToken(
            id: "t", secretHash: [1], name: "job", user: "anna", roles: nil, madeAt: 1, expiresAt: nil)
        #expect(try await tokens.add(token, limit: 1, asOf: 1))
        #expect(other.all == [token])
        #expect(try await tokens.removeToken(id: "t") == token)
    }

    private static func session(_ id: String) -> Session {
        Session(
            id: id, tokenHash: Array(id.utf8), user: "anna", openedBy: .password, address: "::1", openedAt: 1,
            lastUsedAt: 1, expiresAt: 100)
    }
}

/// Sessions that another node decides on.
private struct OthersSessions: SessionStore {
    let sessions: InMemorySessions

    func add(_ session: Session, asOf revision: Int) async throws(AccessError) { throw .noMaster }

    func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await sessions.noteUse(of: id, at: time)
    }

    func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        try await sessions.find(tokenHash: tokenHash)
    }

    func list(user: String?) async throws(AccessError) -> [Session] { try await sessions.list(user: user) }

    func revoke(id: String) async throws(AccessError) -> Session? { throw .noMaster }

    func keepNewest(_ count: Int, of user: String) async throws(AccessError) { throw .noMaster }

    func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) { throw .noMaster }
}
