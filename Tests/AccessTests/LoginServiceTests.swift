import Support
import Testing

@testable import Access

@Suite(.timeLimit(.minutes(5)))
struct LoginServiceTests {
    @Test func theRightPasswordGivesThePrincipalOfTheDirectory() async throws {
        let fixture = LoginFixture()
        let anna = try await fixture.login("anna", "right")
        #expect(anna.name == "anna" && anna.roles == ["exaadm"] && anna.userID == 1001 && anna.groupIDs == [499])
        #expect(anna.method == .password && !anna.isLimited)
        #expect(fixture.audit.kinds == [.login])
        #expect(fixture.audit.events.first?.address == "192.0.2.7")
        #expect(fixture.time.sleeps.isEmpty)
    }

    @Test func aSuccessIsAskedOnceAMinute() async throws {
        let fixture = LoginFixture()
        for _ in 0..<10 { _ = try await fixture.login("anna", "right") }
        #expect(fixture.authenticator.asked.count == 1)
        #expect(fixture.audit.kinds == [.login])
        fixture.time.advance(by: .seconds(60))
        _ = try await fixture.login("anna", "right")
        #expect(fixture.authenticator.asked.count == 2)
    }

    @Test func aMemoryHoldsForItsAddressOnly() async throws {
        let fixture = LoginFixture()
        _ = try await fixture.login("anna", "right")
        _ = try await fixture.login("anna", "right", from: "192.0.2.8")
        #expect(fixture.authenticator.asked.count == 2)
    }

    @Test func aFailureIsNeverRemembered() async throws {
        let fixture = LoginFixture()
        #expect(await fixture.failure("anna", "new") == .authenticationFailed)
        fixture.authenticator.setPassword("new", of: "anna")
        #expect(try await fixture.login("anna", "new").name == "anna")
    }

    @Test func aChangedPasswordCountsAtOnceAfterADrop() async throws {
        let fixture = LoginFixture()
        _ = try await fixture.login("anna", "right")
        fixture.authenticator.setPassword("other", of: "anna")
        #expect(try await fixture.login("anna", "right").name == "anna")
        fixture.service.drop(user: "anna")
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
    }

    @Test func changedRolesCountAfterADrop() async throws {
        let fixture = LoginFixture()
        _ = try await fixture.login("anna", "right")
        fixture.directory.set(DirectoryEntry(name: "anna", roles: ["exadbadm"]))
        fixture.service.drop()
        #expect(try await fixture.login("anna", "right").roles == ["exadbadm"])
    }

    @Test(arguments: [("anna", "wrong"), ("stranger", "right"), ("locked", "right"), ("expired", "x"), ("anna", "")])
    func everyRefusalLooksTheSame(user: String, password: String) async throws {
        let fixture = LoginFixture()
        fixture.authenticator.answer(.mustChangePassword, for: "expired")
        let start = fixture.time.monotonic
        #expect(await fixture.failure(user, password) == .authenticationFailed)
        let taken = fixture.time.monotonic - start
        #expect(taken >= .seconds(1))
        #expect(taken < .milliseconds(1250))
        #expect(fixture.audit.kinds == [.refusal])
        #expect(fixture.audit.events.first?.detail != nil)
    }

    @Test func aLockedPairLooksTheSameEvenWithTheRightPassword() async {
        let fixture = LoginFixture()
        for _ in 0..<5 { _ = await fixture.failure("anna", "wrong") }
        let asked = fixture.authenticator.asked.count
        let start = fixture.time.monotonic
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
        #expect(fixture.time.monotonic - start >= .seconds(1))
        #expect(fixture.authenticator.asked.count == asked)
        #expect(fixture.audit.kinds.filter { $0 == .lockout }.count == 1)
        #expect(await fixture.failure("anna", "right", from: "192.0.2.8") == nil)
    }

    @Test func aLockDropsWhatWasRemembered() async throws {
        let fixture = LoginFixture()
        _ = try await fixture.login("anna", "right")
        for _ in 0..<5 { _ = await fixture.failure("anna", "wrong") }
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
        let lock = try #require(fixture.service.lockouts().first)
        #expect(lock.user == "anna")
        #expect(try await fixture.service.unlock(id: lock.id, by: "root"))
        #expect(try await !fixture.service.unlock(id: lock.id, by: "root"))
        let asked = fixture.authenticator.asked.count
        #expect(try await fixture.login("anna", "right").name == "anna")
        #expect(fixture.authenticator.asked.count == asked + 1)
        #expect(fixture.audit.kinds.contains(.unlock))
    }

    @Test(arguments: ["", "an\u{0}na", "line\nbreak", String(repeating: "a", count: 257)])
    func aSenselessUserNameIsNotAskedAbout(user: String) async {
        let fixture = LoginFixture()
        #expect(await fixture.failure(user, "right") == .authenticationFailed)
        #expect(fixture.authenticator.asked.isEmpty)
    }

    @Test(arguments: ["", "ri\u{0}ght"])
    func anUnusablePasswordIsNotAskedAbout(password: String) async {
        let fixture = LoginFixture()
        #expect(await fixture.failure("anna", password) == .authenticationFailed)
        #expect(fixture.authenticator.asked.isEmpty)
    }

    @Test func emptyPasswordsCountAsFailures() async {
        let fixture = LoginFixture()
        for _ in 0..<5 { _ = await fixture.failure("anna", "") }
        #expect(await fixture.failure("anna", "right") == .authenticationFailed)
        #expect(fixture.authenticator.asked.isEmpty)
    }

    @Test func manyFailuresLimitTheAddressAtOnce() async {
        let fixture = LoginFixture()
        for number in 0..<20 { _ = await fixture.failure("user\(number)", "x") }
        let start = fixture.time.monotonic
        guard case .rateLimited(let pause) = await fixture.failure("anna", "right") else {
            Issue.record("not limited")
            return
        }
        #expect(pause > .seconds(200) && pause <= .seconds(300))
        #expect(fixture.time.monotonic == start)
        #expect(await fixture.failure("root", "toor", from: "127.0.0.1") == nil)
    }

    @Test func anAuthenticatorWithoutAnswerBlamesNobody() async throws {
        let fixture = LoginFixture()
        fixture.authenticator.answer(.unavailable(detail: "queue full"), for: "anna")
        for _ in 0..<30 {
            #expect(await fixture.failure("anna", "right") == .unavailable(retryAfter: .seconds(5)))
        }
        #expect(fixture.time.sleeps.isEmpty)
        fixture.authenticator.answer(nil, for: "anna")
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func aDirectoryWithoutAnswerIsUnavailableNotRefused() async throws {
        let fixture = LoginFixture()
        fixture.directory.setDown(true)
        #expect(await fixture.failure("anna", "right") == .unavailable(retryAfter: .seconds(5)))
        fixture.directory.setDown(false)
        #expect(try await fixture.login("anna", "right").name == "anna")
    }

    @Test func anAnswerSlowerThanTheFloorIsHeldToTheNextMultiple() {
        let policy = LoginPolicy()
        let answers = [0, 1, 999, 1000, 1001, 3200].map { elapsed in
            policy.answerTime(
                start: .seconds(7), now: .seconds(7) + .milliseconds(elapsed), jitter: .milliseconds(3))
        }
        #expect(answers == [8003, 8003, 8003, 8003, 9003, 11_003].map { .milliseconds($0) })
    }

    @Test func aFloorOfZeroHoldsNobodyBack() async {
        var policy = LoginPolicy()
        policy.failureFloor = .zero
        let fixture = LoginFixture(policy: policy)
        let start = fixture.time.monotonic
        #expect(await fixture.failure("anna", "wrong") == .authenticationFailed)
        #expect(fixture.time.monotonic == start)
    }

    @Test func aProvenNameIsLookedUpOnceAMinute() async throws {
        let fixture = LoginFixture()
        for _ in 0..<5 {
            let anna = try await fixture.service.recognise(user: "anna", method: .certificate, from: "192.0.2.7")
            #expect(anna.method == .certificate)
        }
        #expect(fixture.directory.lookups == 1)
        #expect(fixture.authenticator.asked.isEmpty)
        await #expect(throws: AccessError.authenticationFailed) {
            try await fixture.service.recognise(user: "locked", method: .peer, from: "")
        }
        await #expect(throws: AccessError.authenticationFailed) {
            try await fixture.service.recognise(user: "stranger", method: .peer, from: "")
        }
    }

    @Test func auditAndErrorsNeverHoldThePassword() async {
        let fixture = LoginFixture()
        let secret = "s3cret-never-shown"
        _ = await fixture.failure("anna", secret)
        #expect(!"\(fixture.audit.events)".contains(secret))
        #expect(!String(reflecting: Credential.basic(user: "anna", password: Password(secret))).contains(secret))
    }
}
