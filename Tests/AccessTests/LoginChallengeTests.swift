import Access
import Support
import Testing

/// Logins that are asked for more than a password.
@Suite(.timeLimit(.minutes(5))) struct LoginChallengeTests {
    private let fixture = LoginFixture()
    private let address = "192.0.2.7"

    private func begin(_ user: String = "anna", _ password: String = "right") async throws(AccessError) -> LoginProgress
    {
        try await fixture.service.beginLogin(user: user, password: Password(password), from: address)
    }

    /// The challenge of a login that has to ask.
    private func challenge(_ user: String = "anna") async throws -> LoginChallenge {
        guard case .asks(let challenge) = try await begin(user) else { throw Missing() }
        return challenge
    }

    private struct Missing: Error {}

    private func answer(
        _ id: String, _ answers: String..., from address: String = "192.0.2.7"
    ) async throws(ChallengeError) -> LoginProgress {
        try await fixture.service.answerChallenge(id, answers.map { Password($0) }, from: address)
    }

    /// The error of answers that have to be turned down.
    private func failure(_ id: String, _ answers: [String], from address: String = "192.0.2.7") async -> ChallengeError?
    {
        do {
            _ = try await fixture.service.answerChallenge(id, answers.map { Password($0) }, from: address)
            return nil
        } catch {
            return error
        }
    }

    @Test func aPasswordAloneSufficesWhereNothingIsAsked() async throws {
        guard case .proven(let principal) = try await begin() else { throw Missing() }
        #expect(principal.name == "anna" && principal.roles == ["exaadm"])
        #expect(fixture.audit.kinds == [.login])
    }

    @Test func everyQuestionIsAskedInTurnUnderANameOfItsOwn() async throws {
        fixture.authenticator.ask(ScriptedQuestions("Code:", "Second code:"), of: "anna")
        let first = try await challenge()
        #expect(first.prompts == [LoginPrompt(text: "Code:", isEchoed: false)] && first.messages == ["step 0"])
        guard case .asks(let second) = try await answer(first.id, "answer1") else { throw Missing() }
        #expect(second.prompts.map(\.text) == ["Second code:"] && second.id != first.id)
        guard case .proven(let principal) = try await answer(second.id, "answer2") else { throw Missing() }
        #expect(principal.name == "anna")
        #expect(fixture.audit.kinds == [.challenge, .challenge, .login])
    }

    @Test func aWrongAnswerIsRefusedLikeAWrongPasswordAndCounts() async throws {
        fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "anna")
        let challenge = try await challenge()
        #expect(await failure(challenge.id, ["wrong"]) == .access(.authenticationFailed))
        let floor = try #require(fixture.time.sleeps.last)
        #expect(floor >= .seconds(1) && floor < .milliseconds(1250))
        for _ in 0..<4 { _ = await fixture.failure("anna", "wrong") }
        #expect(fixture.service.lockouts().map(\.user) == ["anna"])
    }

    @Test(arguments: ["again", "elsewhere", "late", "unknown"])
    func aChallengeIsGoodOnceInTimeAndWhereItWasGiven(_ fault: String) async throws {
        fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "anna")
        let id = try await challenge().id
        if fault == "again" { _ = try await answer(id, "answer1") }
        if fault == "late" { fixture.time.advance(by: .seconds(60)) }
        let refusal = await failure(
            fault == "unknown" ? "0123" : id, ["answer1"], from: fault == "elsewhere" ? "192.0.2.8" : address)
        #expect(refusal == .access(.authenticationFailed))
        #expect(fixture.audit.events.last?.detail == "challenge unknown or outlived")
    }

    @Test func answersThatCannotBePassedOnLeaveTheChallengeAsItIs() async throws {
        fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "anna")
        let id = try await challenge().id
        #expect(await failure(id, []) == .wrongCount(expected: 1))
        #expect(await failure(id, ["a", "b"]) == .wrongCount(expected: 1))
        #expect(await failure(id, [""]) == .unusable(0))
        #expect(await failure(id, ["a\u{0}b"]) == .unusable(0))
        #expect(await failure(id, [String(repeating: "x", count: 512)]) == .unusable(0))
        guard case .proven = try await answer(id, "answer1") else { throw Missing() }
    }

    @Test func aLoginNobodyAnswersIsEndedAndGivesItsPlaceBack() async throws {
        let questions = ScriptedQuestions("Code:")
        fixture.authenticator.ask(questions, of: "anna")
        _ = try await challenge()
        fixture.time.advance(by: .seconds(61))
        #expect(try await fixture.login("anna", "right").name == "anna")
        #expect(questions.isAbandoned)
    }

    @Test func anAddressHasOnlySoManyLoginsWaiting() async throws {
        for _ in 0..<4 {
            fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "anna")
            _ = try await challenge()
        }
        let last = ScriptedQuestions("Code:")
        fixture.authenticator.ask(last, of: "anna")
        await #expect(throws: AccessError.rateLimited(retryAfter: .seconds(60))) { try await begin() }
        #expect(last.isAbandoned)
        fixture.time.advance(by: .seconds(61))
        fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "anna")
        _ = try await challenge()
    }

    @Test func aLoginCannotAskWithoutEnd() async throws {
        let many = ScriptedQuestions((0..<9).map { LoginPrompt(text: "\($0)", isEchoed: true) })
        fixture.authenticator.ask(many, of: "anna")
        var id = try await challenge().id
        for number in 1..<8 {
            guard case .asks(let next) = try await answer(id, "answer\(number)") else { throw Missing() }
            id = next.id
        }
        #expect(await failure(id, ["answer8"]) == .access(.rateLimited(retryAfter: .seconds(60))))
        #expect(many.isAbandoned)
    }

    @Test func aChangedPasswordIsAuditedAndNoOldOneIsRemembered() async throws {
        #expect(try await fixture.login("anna", "right").name == "anna")
        let prompts = [LoginPrompt(text: "New password:", isEchoed: false)]
        fixture.authenticator.ask(ScriptedQuestions(prompts, changesPassword: true), of: "anna")
        let id = try await challenge().id
        _ = try await answer(id, "answer1")
        #expect(fixture.audit.kinds == [.login, .challenge, .passwordChanged, .login])
        fixture.authenticator.setPassword("other", of: "anna")
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
    }

    @Test(arguments: [("anna", ""), ("", "right"), ("an\u{0}na", "right")])
    func whatNoDatabaseMayBeAskedIsRefusedBeforeIt(user: String, password: String) async throws {
        await #expect(throws: AccessError.authenticationFailed) { try await begin(user, password) }
        #expect(fixture.authenticator.asked.isEmpty)
    }

    @Test func aLockHoldsHereToo() async throws {
        for _ in 0..<5 { await #expect(throws: AccessError.authenticationFailed) { try await begin("anna", "wrong") } }
        let asked = fixture.authenticator.asked.count
        await #expect(throws: AccessError.authenticationFailed) { try await begin() }
        #expect(fixture.authenticator.asked.count == asked)
    }

    @Test func aUserWhoMayNotLogInIsRefusedAfterAllAnswers() async throws {
        fixture.authenticator.ask(ScriptedQuestions("Code:"), of: "locked")
        let id = try await challenge("locked").id
        #expect(await failure(id, ["answer1"]) == .access(.authenticationFailed))
    }
}
