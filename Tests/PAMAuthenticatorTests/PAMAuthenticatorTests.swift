import Access
import Foundation
import PAMAuthenticator
import Testing

@Suite(
    .enabled(if: PAMFixture.hasMatrix, "needs pam_matrix.so of the package libpam-wrapper"), .timeLimit(.minutes(5)))
struct PAMAuthenticatorTests {
    @Test(arguments: [
        ("anna", "right", true),
        ("bert", "Grüße 7", true),
        ("anna", "wrong", false),
        ("anna", "righ", false),
        ("stranger", "right", false),
        ("elsewhere", "right", false),
        ("anna", "", false),
        ("", "right", false),
    ])
    func theModuleDecides(user: String, password: String, isAccepted: Bool) async throws {
        let fixture = try PAMFixture()
        try fixture.writeMatrixService()
        let verdict = await fixture.authenticator().check(
            user: user, password: Password(password), from: "192.0.2.7")
        #expect((verdict == .accepted) == isAccepted, "\(verdict)")
        #expect(isAccepted || verdict.isRefusal, "\(verdict)")
    }

    @Test(arguments: ["an\u{0}na", "anna"])
    func aNULNeverReachesPAM(user: String) async throws {
        let fixture = try PAMFixture()
        try fixture.writeMatrixService()
        let password = user == "anna" ? "right\u{0}" : "right"
        let verdict = await fixture.authenticator().check(user: user, password: Password(password), from: "")
        #expect(verdict.isRefusal)
    }

    @Test func theAccountPhaseCanRefuseTheRightPassword() async throws {
        let fixture = try PAMFixture()
        let program = try fixture.write(
            "account-check", "#!/bin/sh\n[ \"$PAM_TYPE\" = account ] && [ \"$PAM_USER\" != anna ]\n", isProgram: true)
        try fixture.writeMatrixService(moreAccount: "account required pam_exec.so quiet \(program)")
        let authenticator = fixture.authenticator()
        let locked = await authenticator.check(user: "anna", password: Password("right"), from: "")
        #expect(locked.isRefusal, "\(locked)")
        #expect(await authenticator.check(user: "bert", password: Password("Grüße 7"), from: "") == .accepted)
    }

    @Test func theRemoteAddressReachesTheModules() async throws {
        let fixture = try PAMFixture()
        let program = try fixture.write(
            "account-check", "#!/bin/sh\n[ \"$PAM_RHOST\" = 192.0.2.7 ]\n", isProgram: true)
        try fixture.writeMatrixService(moreAccount: "account required pam_exec.so quiet \(program)")
        let authenticator = fixture.authenticator()
        #expect(await authenticator.check(user: "anna", password: Password("right"), from: "192.0.2.7") == .accepted)
        #expect(await authenticator.check(user: "anna", password: Password("right"), from: "192.0.2.8").isRefusal)
    }

    @Test func aMissingServiceOrModuleIsNoRefusal() async throws {
        let fixture = try PAMFixture()
        try fixture.write("broken", "auth required /nowhere/pam_none.so\naccount required /nowhere/pam_none.so\n")
        for service in ["absent", "broken"] {
            let verdict = await fixture.authenticator(service: service).check(
                user: "anna", password: Password("right"), from: "")
            #expect(verdict.isUnavailable, "\(service): \(verdict)")
        }
    }

    @Test func manyChecksAtOnceDoNotMixUp() async throws {
        let fixture = try PAMFixture()
        try fixture.writeMatrixService()
        let authenticator = fixture.authenticator(threads: 32, queueLimit: 2000)
        let mistakes = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<1000 {
                group.addTask {
                    let isRight = number % 3 == 0
                    let verdict = await authenticator.check(
                        user: number % 2 == 0 ? "anna" : "stranger",
                        password: Password(isRight ? "right" : "wrong\(number)"), from: "192.0.2.\(number % 250)")
                    let expected = isRight && number % 2 == 0
                    return expected ? verdict == .accepted : verdict.isRefusal
                }
            }
            return await group.reduce(into: 0) { $0 += $1 ? 0 : 1 }
        }
        #expect(mistakes == 0)
        #expect(authenticator.load <= 32)
    }

    @Test func aFailureCostsNoDelayOfPAM() async throws {
        let fixture = try PAMFixture()
        let users = try fixture.write("users", "anna:right:confd\n")
        let module = try #require(PAMFixture.matrixModule)
        // pam_faildelay asks for two minutes; only the time limit of the suite stands against it.
        try fixture.write(
            "confd",
            """
            auth optional pam_faildelay.so delay=120000000
            auth required \(module) passdb=\(users)
            account required \(module) passdb=\(users)

            """)
        let verdict = await fixture.authenticator(deadline: .seconds(50)).check(
            user: "anna", password: Password("wrong"), from: "")
        #expect(verdict.isRefusal)
    }
}
