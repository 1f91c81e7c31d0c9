import Access
import Testing

struct AccessErrorTests {
    @Test(
        arguments: [
            (AccessError.authenticationFailed, "authentication-failed", nil),
            (.rateLimited(retryAfter: .milliseconds(1500)), "rate-limited", 2),
            (.rateLimited(retryAfter: .zero), "rate-limited", 1),
            (.unavailable(retryAfter: .seconds(5)), "unavailable", 5),
            (.unavailable(retryAfter: .seconds(-5)), "unavailable", 1),
            (.noMaster, "no-master", 1),
            (.forbidden(groups: ["exaadm"]), "permission-denied", nil),
        ] as [(AccessError, String, Int?)])
    func codesAndPausesAreFixed(error: AccessError, code: String, seconds: Int?) {
        #expect(error.code == code)
        #expect(error.retryAfterSeconds == seconds)
        #expect(!error.message.isEmpty)
    }

    @Test func aRefusedLoginIsToldThatFailuresLockIt() {
        #expect(AccessError.authenticationFailed.message.contains("several failures lock a login"))
    }

    @Test func theMessageNamesTheGroupsThatMay() {
        #expect(AccessError.forbidden(groups: ["exaadm", "root"]).message.contains("exaadm, root"))
        #expect(AccessError.forbidden(groups: []).message.contains("root"))
    }

    @Test func anEndlessPauseIsNoTrap() {
        let error = AccessError.rateLimited(retryAfter: Duration(secondsComponent: .max, attosecondsComponent: 0))
        #expect(error.retryAfterSeconds == Int.max)
    }
}
