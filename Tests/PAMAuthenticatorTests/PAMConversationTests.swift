import Access
import Foundation
import PAMAuthenticator
import Testing

/// Logins in which PAM asks for more than a password.
@Suite(
    .enabled(if: PAMFixture.hasMatrix, "needs pam_matrix.so of the package libpam-wrapper"), .timeLimit(.minutes(5)))
struct PAMConversationTests {
    private let fixture: PAMFixture

    init() throws {
        fixture = try PAMFixture()
    }

    /// A service that asks for a password, and then, visibly, for a code.
    private func writeCodeService() throws {
        let module = try #require(PAMFixture.matrixModule)
        let users = try fixture.write("users", "anna:right:confd\n")
        let codes = try fixture.write("codes", "anna:755224:confd\n")
        try fixture.write(
            "confd",
            """
            auth required \(module) passdb=\(users) verbose
            auth required \(module) passdb=\(codes) echo
            account required \(module) passdb=\(users)

            """)
    }

    /// A service in which anna's first password has expired.
    private func writeExpiredService() throws -> String {
        let module = try #require(PAMFixture.matrixModule)
        let users = try fixture.write("users", "anna:old one:confd\n")
        let isCurrent = try fixture.write(
            "is-current", "#!/bin/sh\n! grep -q '^anna:old one:' \(users)\n", isProgram: true)
        try fixture.write(
            "confd",
            """
            auth required \(module) passdb=\(users)
            account [success=1 default=ignore] pam_exec.so quiet \(isCurrent)
            account requisite pam_debug.so acct=new_authtok_reqd
            account required \(module) passdb=\(users)
            password required \(module) passdb=\(users)

            """)
        return users
    }

    private func begin(_ authenticator: PAMAuthenticator, _ password: String = "right") async -> LoginStep {
        await authenticator.converse(user: "anna", password: Password(password), from: "192.0.2.7")
    }

    @Test(arguments: [("right", true), ("wrong", false)])
    func withoutQuestionsThePasswordDecides(password: String, isAccepted: Bool) async throws {
        try fixture.writeMatrixService()
        let step = await begin(fixture.authenticator(), password)
        #expect((step.verdict == .accepted) == isAccepted && step.verdict?.isUnavailable == false, "\(step)")
    }

    @Test(arguments: [("755224", true), ("000000", false)])
    func aSecondPromptIsAskedOfTheCaller(code: String, isAccepted: Bool) async throws {
        try writeCodeService()
        guard case .asks(let prompts, let messages, let conversation) = await begin(fixture.authenticator()) else {
            Issue.record("nothing was asked")
            return
        }
        #expect(prompts.map(\.isEchoed) == [true] && prompts.first?.text.isEmpty == false)
        #expect(!messages.isEmpty)
        let end = await conversation.answer([Password(code)])
        #expect((end.verdict == .accepted) == isAccepted, "\(end)")
    }

    @Test func anExpiredPasswordIsChangedAndTheAccountLookedAtAgain() async throws {
        let users = try writeExpiredService()
        let authenticator = fixture.authenticator()
        var step = await begin(authenticator, "old one")
        var asked: [String] = []
        while case .asks(let prompts, _, let conversation) = step, asked.count < 5 {
            asked += prompts.map(\.text)
            step = await conversation.answer(prompts.map { _ in Password(asked.count == 1 ? "old one" : "new one") })
        }
        #expect(asked.count == 3, "\(asked)")
        guard case .ended(.accepted, passwordChanged: true) = step else {
            Issue.record("\(step)")
            return
        }
        #expect(try String(contentsOfFile: users, encoding: .utf8).contains("anna:new one:"))
        #expect(await begin(authenticator, "new one").verdict == .accepted)
    }

    @Test func aNewPasswordTypedTwoWaysChangesNothing() async throws {
        let users = try writeExpiredService()
        var step = await begin(fixture.authenticator(), "old one")
        var count = 0
        while case .asks(let prompts, _, let conversation) = step, count < 5 {
            count += 1
            step = await conversation.answer(prompts.map { _ in Password(count == 1 ? "old one" : "new \(count)") })
        }
        #expect(step.verdict != .accepted && step.verdict != nil, "\(step)")
        #expect(try String(contentsOfFile: users, encoding: .utf8).contains("anna:old one:"))
    }

    @Test func withBasicAnExpiredPasswordIsRefused() async throws {
        _ = try writeExpiredService()
        let verdict = await fixture.authenticator().check(user: "anna", password: Password("old one"), from: "")
        #expect(verdict == .mustChangePassword)
    }

    @Test func onlySoManyWaitAndAnAbandonedOneMakesRoom() async throws {
        try writeCodeService()
        var limits = PAMAuthenticator.Conversations()
        limits.limit = 2
        let authenticator = PAMAuthenticator(confdir: fixture.folder.path, conversations: limits)
        var waiting: [any LoginConversation] = []
        for _ in 0..<2 {
            guard case .asks(_, _, let conversation) = await begin(authenticator) else { break }
            waiting.append(conversation)
        }
        #expect(waiting.count == 2)
        #expect(await begin(authenticator).verdict?.isUnavailable == true)
        #expect(await authenticator.check(user: "anna", password: Password("wrong"), from: "").isRefusal)
        waiting.first?.abandon()
        try await wait(until: { authenticator.conversationsUnderWay < 2 })
        guard case .asks(_, _, let conversation) = await begin(authenticator) else {
            Issue.record("no room was made")
            return
        }
        #expect(await conversation.answer([Password("755224")]).verdict == .accepted)
        waiting.last?.abandon()
    }

    @Test func whoDoesNotAnswerInTimeHoldsNoThread() async throws {
        try writeCodeService()
        var limits = PAMAuthenticator.Conversations()
        limits.patience = .milliseconds(50)
        let authenticator = PAMAuthenticator(confdir: fixture.folder.path, conversations: limits)
        guard case .asks(_, _, let conversation) = await begin(authenticator) else {
            Issue.record("nothing was asked")
            return
        }
        try await wait(until: { authenticator.conversationsUnderWay == 0 })
        #expect(await conversation.answer([Password("755224")]).verdict?.isUnavailable == true)
    }

    @Test func aModuleThatHangsIsNotWaitedFor() async throws {
        let hanging = try HangingService()
        let step = await begin(hanging.fixture.authenticator(deadline: .milliseconds(100)))
        #expect(step.verdict?.isUnavailable == true)
        try hanging.release()
    }
}

extension LoginStep {
    /// How it ended, `nil` while something is asked.
    fileprivate var verdict: Verdict? {
        if case .ended(let verdict, _) = self { verdict } else { nil }
    }
}
