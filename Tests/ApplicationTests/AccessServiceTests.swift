import Access
import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite(.timeLimit(.minutes(5))) struct AccessServiceTests {
    private let audit = InMemoryAudit()
    private let origin = JobRecord.Request(dialect: "rest", address: "192.0.2.1")

    private var access: AccessService {
        let logins = LoginService(
            authenticator: NamedPasswords(), directory: FixtureDirectory(), sessions: InMemorySessions(),
            tokens: InMemoryTokens(), audit: audit, time: InstantTime())
        return AccessService(
            logins: logins, audit: AuditService(log: audit, trail: audit, node: 11, time: InstantTime()))
    }

    private func principal(_ name: String, _ method: Principal.Method = .password) -> Principal {
        Principal(name: name, roles: FixtureDirectory.roles[name] ?? [], method: method)
    }

    @Test func everybodyHasTheirOwnSessionsAndRootAll() async throws {
        let access = access
        let opened = try await access.openSession(for: principal("admin"), asking: origin)
        #expect(try await access.sessions(for: principal("reader")).isEmpty)
        #expect(try await access.sessions(for: principal("root")).map(\.id) == [opened.session.id])
        await #expect(throws: JobError.self) {
            try await access.session(opened.session.id, for: principal("reader"))
        }
        try await access.end(
            try await access.session(opened.session.id, for: principal("admin")), by: principal("admin"))
        #expect(try await access.sessions(for: principal("root")).isEmpty)
    }

    @Test(arguments: [Principal.Method.session, .token]) func whatEndsOpensNothingThatOutlivesIt(
        method: Principal.Method
    ) async throws {
        let access = access
        await #expect(throws: JobError.self) {
            try await access.openSession(for: principal("admin", method), asking: origin)
        }
        #expect(audit.kinds == [.denied])
    }

    @Test func aTokenMakesNoToken() async throws {
        let (access, token) = (access, principal("admin", .token))
        let request = try TokenRequest(name: "more", seconds: nil, roles: nil, for: token)
        await #expect(throws: JobError.self) { try await access.makeToken(request, for: token, from: "192.0.2.1") }
        #expect(try await access.tokens(for: principal("root")).isEmpty)
    }

    @Test func tokensAreTheirOwners() async throws {
        let access = access
        let wish = try TokenRequest(name: "look", seconds: 60, roles: ["exaadm"], for: principal("admin"))
        let made = try await access.makeToken(wish, for: principal("admin"), from: "192.0.2.1")
        #expect(try await access.tokens(for: principal("dba")).isEmpty)
        await #expect(throws: JobError.self) { try await access.token(made.token.id, for: principal("dba")) }
        try await access.end(try await access.token(made.token.id, for: principal("root")), by: principal("root"))
        #expect(try await access.tokens(for: principal("root")).isEmpty)
    }

    @Test(
        arguments: [
            ("", nil, nil, ["/name"]), ("a\u{7}", nil, nil, ["/name"]), ("a", 0, nil, ["/expires_in_s"]),
            ("a", nil, ["exaadm", "root"], ["/roles/1"]),
            ("", -1, [""], ["/name", "/expires_in_s", "/roles/0", "/roles"]),
        ] as [(String, Int?, [String]?, [String])]) func aWishIsToldAllThatIsWrongWithIt(
            name: String, seconds: Int?, roles: [String]?, places: [String]
        )
    {
        let error = #expect(throws: InvalidInput.self) {
            try TokenRequest(name: name, seconds: seconds, roles: roles, for: principal("admin"))
        }
        #expect(error?.faults.map(\.pointer) == places)
    }

    @Test func aLockThatIsNotThereCannotBeLifted() async {
        await #expect(throws: JobError.self) { try await access.unlock("0123", by: principal("root")) }
    }
}
