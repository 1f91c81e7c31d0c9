import Support
import Synchronization
import Testing
import Waiting

@testable import Access

@Suite(.timeLimit(.minutes(5)))
struct LoginServiceConcurrencyTests {
    private func waiting(_ fixture: LoginFixture) -> Int {
        fixture.service.state.withLock { $0.joinable.values.reduce(0) { $0 + $1.callers } }
    }

    private func logins(
        _ count: Int, _ fixture: LoginFixture, password: @escaping @Sendable (Int) -> String,
        whenReady: @escaping @Sendable () async throws -> Void
    ) async throws -> [AccessError?] {
        try await withThrowingTaskGroup(of: AccessError?.self) { group in
            for number in 0..<count {
                group.addTask { await fixture.failure("anna", password(number)) }
            }
            try await whenReady()
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    @Test func clientsWithOneCredentialCostOneCheck() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.hold()
        let results = try await logins(64, fixture, password: { _ in "right" }) {
            try await wait { waiting(fixture) == 63 }
            fixture.authenticator.release()
        }
        #expect(results.allSatisfy { $0 == nil })
        #expect(fixture.authenticator.asked == ["anna"])
        #expect(fixture.audit.kinds == Array(repeating: .login, count: 64))
        #expect(fixture.service.state.withLock { $0.joinable.isEmpty })
    }

    @Test func oneMistypedPasswordInManyClientsIsOneFailure() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.hold()
        let results = try await logins(64, fixture, password: { _ in "typo" }) {
            try await wait { waiting(fixture) == 63 }
            fixture.authenticator.release()
        }
        #expect(results.allSatisfy { $0 == .authenticationFailed })
        #expect(fixture.authenticator.asked == ["anna"])
        #expect(fixture.service.lockouts().isEmpty)
        #expect(fixture.audit.kinds.filter { $0 == .refusal }.count == 64)
    }

    @Test func parallelGuessesGetNoMoreThanFiveChecks() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.hold()
        let results = try await logins(64, fixture, password: { "guess\($0)" }) {
            try await wait { fixture.audit.events.count == 59 }
            fixture.authenticator.release()
        }
        #expect(fixture.authenticator.asked.count == 5)
        #expect(results.filter { $0 == .authenticationFailed }.count == 5)
        #expect(results.filter { $0 == .rateLimited(retryAfter: .seconds(1)) }.count == 59)
        #expect(fixture.service.lockouts().map(\.user) == ["anna"])
    }

    @Test func aCheckBegunBeforeADropIsNeitherJoinedNorRemembered() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.hold()
        async let before = fixture.failure("anna", "right")
        try await wait { !fixture.authenticator.asked.isEmpty }
        fixture.service.drop(user: "anna")
        fixture.authenticator.setPassword("other", of: "anna")
        async let after = fixture.failure("anna", "right")
        try await wait { fixture.authenticator.asked.count == 2 }
        fixture.authenticator.release()
        #expect(await before == nil)
        #expect(await after == .authenticationFailed)
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
    }

    @Test func aCallerWhoGivesUpTakesNobodyWithHim() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.hold()
        let first = Task { await fixture.failure("anna", "right") }
        try await wait { !fixture.authenticator.asked.isEmpty }
        async let second = fixture.failure("anna", "right")
        try await wait { waiting(fixture) == 1 }
        first.cancel()
        fixture.authenticator.release()
        #expect(await second == nil)
        #expect(await first.value == nil)
        #expect(fixture.authenticator.asked.count == 1)
    }
}
