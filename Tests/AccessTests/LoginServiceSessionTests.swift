import Certificates
import Support
import Testing

@testable import Access

@Suite(.timeLimit(.minutes(5)))
struct LoginServiceSessionTests {
    private func opened(_ fixture: LoginFixture, _ user: String = "anna") async throws -> OpenedSession {
        let principal = Principal(name: user, roles: ["exaadm"])
        return try await fixture.service.openSession(for: principal, from: "192.0.2.7")
    }

    @Test func theClusterTokenActsAsRoot() async throws {
        let fixture = LoginFixture()
        let root = try await fixture.use("MTIzOjQ1Ng==")
        #expect(root.isRoot)
        #expect(root.method == .bearer)
        #expect(fixture.time.sleeps.isEmpty)
    }

    @Test(arguments: [nil, ""])
    func withoutClusterTokenNoTokenFits(current: String?) async {
        let fixture = LoginFixture()
        fixture.directory.setToken(current)
        for token in ["", "MTIzOjQ1Ng=="] {
            await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(token) }
        }
    }

    @Test(arguments: ["", "MTIzOjQ1Ng", "MTIzOjQ1Ng== ", "confd_session_", "confd_session_00"])
    func aWrongTokenIsRefusedLate(token: String) async {
        let fixture = LoginFixture()
        let start = fixture.time.monotonic
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(token) }
        #expect(fixture.time.monotonic - start >= .seconds(1))
        #expect(fixture.audit.kinds == [.refusal])
        #expect(token.isEmpty || !"\(fixture.audit.events)".contains(token))
    }

    @Test func guessedClusterTokensLimitTheAddress() async {
        let fixture = LoginFixture()
        for number in 0..<20 { _ = try? await fixture.use("guess\(number)") }
        do {
            _ = try await fixture.use("MTIzOjQ1Ng==")
            Issue.record("not limited")
        } catch {
            #expect(error.code == "rate-limited")
        }
    }

    @Test func anEndedSessionDoesNotLimitItsAddress() async throws {
        let fixture = LoginFixture()
        for _ in 0..<50 { _ = try? await fixture.use("confd_session_ended") }
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func aSessionIsUsedByItsToken() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        let anna = try await fixture.use(session.token, from: "198.51.100.1")
        #expect(anna.name == "anna")
        #expect(anna.method == .session)
        #expect(anna.roles == ["exaadm"])
        #expect(fixture.audit.kinds == [.sessionOpened])
    }

    @Test func onlyTheHashOfATokenIsKept() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        #expect(session.session.tokenHash == Digest.sha256(Array(session.token.utf8)))
        #expect(!"\(fixture.sessions.all)\(fixture.audit.events)".contains(session.token))
        #expect(try await opened(fixture).token != session.token)
        #expect(session.token.count == "confd_session_".count + 64)
    }

    @Test func anIdleSessionEnds() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        fixture.time.advance(by: .seconds(1799))
        _ = try await fixture.use(session.token)
        fixture.time.advance(by: .seconds(1799))
        _ = try await fixture.use(session.token)
        fixture.time.advance(by: .seconds(1800))
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(session.token) }
        #expect(try await fixture.service.sessions().isEmpty)
    }

    @Test func aBusySessionEndsAfterTwelveHours() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        for _ in 0..<47 {
            fixture.time.advance(by: .seconds(900))
            _ = try await fixture.use(session.token)
        }
        fixture.time.advance(by: .seconds(900))
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(session.token) }
    }

    @Test func aUseIsWrittenOnceAMinute() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        for _ in 0..<100 { _ = try await fixture.use(session.token) }
        #expect(fixture.sessions.saves == 1)
        fixture.time.advance(by: .seconds(60))
        for _ in 0..<100 { _ = try await fixture.use(session.token) }
        #expect(fixture.sessions.saves == 2)
        #expect(fixture.directory.lookups == 2)
    }

    @Test func whatComesOfALoginIsAsOldAsItsProof() async throws {
        let fixture = LoginFixture()
        fixture.directory.setRevision(5)
        fixture.authenticator.hold()
        async let login = fixture.login("anna", "right")
        try await wait { fixture.authenticator.asked == ["anna"] }
        // Anna's password is reset while the old one is being checked.
        fixture.directory.setRevision(6)
        fixture.authenticator.release()
        let principal = try await login
        #expect(principal.asOf == 5)
        // One that is remembered is as old as its check; a session is looked up anew each time.
        #expect(try await fixture.login("anna", "right").asOf == 5)
        #expect(principal.limited(to: []).asOf == 5)
        let session = try await opened(fixture)
        #expect(try await fixture.use(session.token).asOf == 6)
        fixture.directory.setRevision(7)
        #expect(try await fixture.use(session.token).asOf == 7)
    }

    @Test func aRevokedSessionEndsAtOnce() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        _ = try await fixture.use(session.token)
        #expect(try await fixture.service.revokeSession(id: session.session.id, by: "root") == session.session)
        #expect(try await fixture.service.revokeSession(id: session.session.id, by: "root") == nil)
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(session.token) }
        #expect(fixture.audit.kinds == [.sessionOpened, .sessionRevoked, .refusal])
    }

    @Test func endingOnesOwnSessionIsALogout() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        _ = try await fixture.service.revokeSession(id: session.session.id, by: "anna")
        #expect(fixture.audit.kinds == [.sessionOpened, .logout])
    }

    @Test func sessionsAreListedNewestFirst() async throws {
        let fixture = LoginFixture()
        let first = try await opened(fixture)
        fixture.time.advance(by: .seconds(1))
        let second = try await opened(fixture)
        _ = try await opened(fixture, "root")
        #expect(try await fixture.service.sessions(of: "anna") == [second.session, first.session])
        #expect(try await fixture.service.sessions().count == 3)
    }

    @Test func ofTooManySessionsOfAUserTheOldestEnds() async throws {
        var policy = LoginPolicy()
        policy.sessionsPerUser = 2
        let fixture = LoginFixture(policy: policy)
        _ = try await opened(fixture)
        let other = try await opened(fixture, "root")
        fixture.time.advance(by: .seconds(1))
        let second = try await opened(fixture)
        fixture.time.advance(by: .seconds(1))
        let third = try await opened(fixture)
        #expect(try await fixture.service.sessions() == [third.session, second.session, other.session])
    }

    @Test func aSessionFollowsItsUserWithinAMinute() async throws {
        let fixture = LoginFixture()
        let session = try await opened(fixture)
        _ = try await fixture.use(session.token)
        fixture.directory.set(DirectoryEntry(name: "anna", roles: ["exadbadm"]))
        fixture.time.advance(by: .seconds(60))
        #expect(try await fixture.use(session.token).roles == ["exadbadm"])
        fixture.directory.remove("anna")
        fixture.service.drop()
        await #expect(throws: AccessError.authenticationFailed) { try await fixture.use(session.token) }
        #expect(fixture.sessions.all.isEmpty)
    }

    @Test func openingASessionClearsOutExpiredOnes() async throws {
        let fixture = LoginFixture()
        _ = try await opened(fixture)
        fixture.time.advance(by: .seconds(43_200))
        let session = try await opened(fixture)
        #expect(fixture.sessions.all == [session.session])
    }

    @Test(arguments: [(Int64.min, Int64.max), (Int64.max, Int64.min), (Int64.max, Int64.max)])
    func senselessTimesInTheStoreAreNoTrap(lastUsedAt: Int64, expiresAt: Int64) {
        let session = Session(
            id: "1", tokenHash: [], user: "anna", openedBy: .password, address: "", openedAt: 0,
            lastUsedAt: lastUsedAt, expiresAt: expiresAt)
        let isAlive = session.isAlive(at: 5, idleLimit: .seconds(10))
        #expect(isAlive == (lastUsedAt == .max && expiresAt == .max))
    }
}
