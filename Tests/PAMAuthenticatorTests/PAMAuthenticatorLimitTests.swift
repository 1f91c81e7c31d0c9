import Access
import Foundation
import Glibc
import PAMAuthenticator
import Testing

/// Checks that hang until the test lets them go: the program waits on a named pipe.
@Suite(.timeLimit(.minutes(5)))
struct PAMAuthenticatorLimitTests {
    private final class HangingService {
        let fixture: PAMFixture
        // Open for reading too, so that neither side ever waits for the other to open the pipe.
        private let pipe: Int32

        init() throws {
            fixture = try PAMFixture()
            let path = fixture.path("gate")
            let program = try fixture.write(
                "hang", "#!/bin/sh\n[ \"$PAM_TYPE\" = account ] && exit 0\nread word <\"$1\"; [ \"$word\" = go ]\n",
                isProgram: true)
            try #require(mkfifo(path, 0o600) == 0)
            pipe = open(path, O_RDWR | O_CLOEXEC)
            try #require(pipe >= 0)
            try fixture.write(
                "confd",
                """
                auth required pam_exec.so quiet \(program) \(path)
                account required pam_exec.so quiet \(program) \(path)

                """)
        }

        deinit {
            close(pipe)
        }

        /// Lets one check go, be it begun already or not.
        func release() throws {
            try #require(write(pipe, "go\n", 3) == 3)
        }
    }

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
