import Access
import JobEngine
import Support
import Synchronization
import Testing
import Values

/// Requests wait for jobs no longer than their logins allow.
@Suite(.timeLimit(.minutes(5))) struct WaitingRequestTests {
    /// Users the tests change.
    private final class Users: Directory {
        let roles = Mutex<[String: Set<String>]>(["admin": ["exaadm"], "dba": ["exadbadm"]])

        func entry(of user: String) async throws(AccessError) -> DirectoryEntry? {
            roles.withLock { $0[user] }.map { DirectoryEntry(name: user, roles: $0) }
        }

        func bearerToken() async -> String? { nil }
    }

    /// What became of a wait for a job of admin's that had begun when users were changed; the job ends behind that.
    private func wait(
        by user: String, change: @escaping @Sendable (inout [String: Set<String>]) -> Void
    ) async throws -> (isDone: Bool, end: RequestLogin.End?) {
        let (gate, users) = (Gate(), Users())
        let fixture = EngineFixture { command in
            if command.action == "slow" { await gate.wait() }
            return .ok(.null)
        }
        return try await fixture.running { scheduler in
            let logins = LoginService(
                authenticator: NamedPasswords(), directory: users, sessions: InMemorySessions(),
                tokens: InMemoryTokens(), audit: InMemoryAudit(), time: fixture.time)
            let principal = try await logins.authenticate(
                .basic(user: user, password: Password("\(user)-pw")), from: "192.0.2.1")
            let login = RequestLogin(principal, logins: logins, time: fixture.time)
            let job = try await scheduler.submit(.fixture("test_run", ["actions": ["slow"]]))
            #expect(await fixture.until { fixture.runner.commands.count == 1 })
            async let waited = RequestLogin.$current.withValue(login) {
                try await scheduler.wait(for: job.id, atMost: .seconds(100_000))
            }
            users.roles.withLock { change(&$0) }
            logins.drop()
            let mayWait = users.roles.withLock { $0["admin"] != nil && user == "admin" }
            if mayWait { await gate.open() }
            let isDone = try await waited.isDone
            await gate.open()
            return (isDone, login.end)
        }
    }

    @Test func aWaitEndsWithTheLogin() async throws {
        let (isDone, end) = try await wait(by: "admin") { $0["admin"] = nil }
        #expect(!isDone && end == .ended)
    }

    @Test func aWaitEndsWhenTheJobMayNotBeSeenAnyMore() async throws {
        let (isDone, end) = try await wait(by: "dba") { $0["dba"] = ["exausers"] }
        #expect(!isDone && end == .narrowed)
    }

    @Test func aWaitForAnOwnJobGoesOn() async throws {
        let (isDone, end) = try await wait(by: "admin") { $0["admin"] = ["exausers"] }
        #expect(isDone && end == nil)
    }

    @Test func aWaitForARevisionEndsWithTheLogin() async throws {
        let fixture = EngineFixture()
        let users = Users()
        try await fixture.running { scheduler in
            let logins = LoginService(
                authenticator: NamedPasswords(), directory: users, sessions: InMemorySessions(),
                tokens: InMemoryTokens(), audit: InMemoryAudit(), time: fixture.time)
            let admin = try await logins.authenticate(
                .basic(user: "admin", password: Password("admin-pw")), from: "192.0.2.1")
            let login = RequestLogin(admin, logins: logins, time: fixture.time)
            let number = scheduler.configuration.revision
            async let waited: Void = RequestLogin.$current.withValue(login) {
                await scheduler.wait(forRevisionAfter: number, atMost: .seconds(100_000))
            }
            users.roles.withLock { $0["admin"] = nil }
            logins.drop()
            await waited
            #expect(login.end == .ended)
        }
    }
}
