import Support
import Testing

@testable import Access

struct PasswordGuardTests {
    private let time = Support.ManualTime()
    private let audit = InMemoryAudit()
    private let passwords: PasswordGuard

    init() { passwords = PasswordGuard(audit: audit, time: time) }

    private func attempt(
        _ account: String, from address: String = "192.0.2.7", isRight: Bool = false
    ) async -> PasswordGuard.Verdict {
        await passwords.attempt(account, of: "bucket b", from: address, isRight: isRight)
    }

    @Test func fiveWrongOnesLockTheAccountAtTheAddress() async {
        for _ in 0..<5 { #expect(await attempt("b w") == .refused) }
        #expect(await attempt("b w", isRight: true) == .locked(seconds: 900))
        #expect(await attempt("b r", isRight: true) == .accepted)
        #expect(await attempt("b w", from: "192.0.2.8", isRight: true) == .accepted)
        #expect(passwords.locks.map(\.user) == ["b w"])
        time.advance(by: .seconds(900))
        #expect(await attempt("b w", isRight: true) == .accepted)
        let details = audit.events.map(\.detail)
        #expect(
            details == [String?](repeating: "wrong password of bucket b", count: 5) + [
                "too many wrong passwords of bucket b", "too many wrong passwords",
            ])
        #expect(audit.events.allSatisfy { $0.address == "192.0.2.7" && $0.user == nil })
    }

    @Test func twentyWrongOnesLockTheAddressButNotWhoWasRightBefore() async {
        #expect(await attempt("b r", isRight: true) == .accepted)
        for number in 0..<20 { #expect(await attempt("c\(number) w") == .refused) }
        #expect(await attempt("d w", isRight: true) == .locked(seconds: 300))
        #expect(await attempt("", isRight: false) == .locked(seconds: 300))
        #expect(await attempt("b r", isRight: true) == .accepted)
    }

    @Test func aNewPasswordAndAnAdministratorEndALock() async throws {
        for _ in 0..<5 { _ = await attempt("b w") }
        passwords.forget("b w")
        #expect(await attempt("b w", isRight: true) == .accepted)
        for _ in 0..<5 { _ = await attempt("b w") }
        let lock = try #require(passwords.locks.first)
        #expect(passwords.unlock(id: lock.id)?.id == lock.id)
        #expect(await attempt("b w", isRight: true) == .accepted)
    }

    @Test func locksOfLoginsAndThoseAreListedTogetherAndKeepOneAnotherOutOfNothing() async throws {
        let fixture = LoginFixture()
        for number in 0..<20 {
            _ = await fixture.service.passwords.attempt("c\(number)", of: "c", from: "192.0.2.7", isRight: false)
        }
        _ = try await fixture.login("anna", "right")
        for number in 0..<20 { _ = await fixture.failure("user\(number)", "wrong") }
        let locks = fixture.service.lockouts()
        #expect(locks.map(\.address) == ["192.0.2.7", "192.0.2.7"] && Set(locks.map(\.id)).count == 2)
        for lock in locks { #expect(try await fixture.service.unlock(id: lock.id, by: "root")) }
        #expect(fixture.service.lockouts().isEmpty)
    }
}
