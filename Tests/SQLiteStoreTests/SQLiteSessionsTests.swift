import Access
import Certificates
import JobEngine
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
