import Access
import Glibc
import PAMAuthenticator
import Testing

/// Checks that hang until the test lets them go.
@Suite(.timeLimit(.minutes(5)))
struct PAMAuthenticatorLimitTests {
    @Test func onDeadlineTheAnswerIsUnavailableAndTheThreadEndsLater() async throws {
        let hanging = try HangingService()
        let authenticator = hanging.fixture.authenticator(threads: 1, deadline: .milliseconds(100))
        let verdict = await authenticator.check(user: "anna", password: Password("right"), from: "")
        #expect(verdict == .unavailable(detail: "PAM gave no answer in time"))
        #expect(authenticator.load == 1)
        try hanging.release()
        try await wait { authenticator.load == 0 }
    }

    @Test func aFullQueueIsUnavailableAtOnce() async throws {
        let hanging = try HangingService()
        let authenticator = hanging.fixture.authenticator(threads: 1, queueLimit: 2, deadline: .seconds(50))
        let verdicts = try await withThrowingTaskGroup(of: Verdict.self) { group in
            for _ in 0..<3 {
                group.addTask { await authenticator.check(user: "anna", password: Password("x"), from: "") }
            }
            try await wait { authenticator.load == 3 }
            let fourth = await authenticator.check(user: "anna", password: Password("x"), from: "")
            #expect(fourth == .unavailable(detail: "too many checks wait for PAM"))
            for _ in 0..<3 { try hanging.release() }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(verdicts == [.accepted, .accepted, .accepted])
    }

    @Test func aCancelledCallerStillGetsItsVerdict() async throws {
        let hanging = try HangingService()
        let authenticator = hanging.fixture.authenticator(threads: 1, deadline: .seconds(50))
        let caller = Task { await authenticator.check(user: "anna", password: Password("x"), from: "") }
        try await wait { authenticator.load == 1 }
        caller.cancel()
        try hanging.release()
        #expect(await caller.value == .accepted)
    }
}
