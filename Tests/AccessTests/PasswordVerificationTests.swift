import Access
import Testing

struct PasswordVerificationTests {
    private static let hash = ShadowHash(
        "$6$rounds=2000$saltsaltsaltsalt$R/gaLR3bTkH1q3IVDEp1laSA/2p9D5Q2nQlSZ2pEdFWFxLCixzK5k0AibJgzghK9U4O.ZyJYgfiCXwJZctfSw0"
    )
    private static let enabled = PasswordEntry(loginEnabled: true, hash: hash)
    private static let disabled = PasswordEntry(loginEnabled: false, hash: hash)

    @Test(
        arguments: [
            ("auth", "secret 7", enabled, true),
            ("auth", "secret 8", enabled, false),
            ("auth", "", enabled, false),
            ("auth", "secret 7", disabled, false),
            ("auth", "secret 7", PasswordEntry(loginEnabled: true, hash: nil), false),
            ("auth", "", PasswordEntry(loginEnabled: true, hash: ShadowHash("")), false),
            ("auth", "secret 7", nil, false),
            ("account", "", enabled, true),
            ("account", "", disabled, false),
            ("account", "", nil, false),
            ("open_session", "secret 7", enabled, false),
            ("password", "secret 7", enabled, false),
            ("", "secret 7", enabled, false),
        ] as [(String, String, PasswordEntry?, Bool)])
    func theDecisionFollowsPhaseUserAndPassword(type: String, password: String, entry: PasswordEntry?, isAccepted: Bool)
    {
        let decision = PasswordVerification.decide(
            type: type, user: "anna", password: Password(password), entry: entry)
        #expect((decision == .accepted) == isAccepted)
    }

    @Test func aUserWithoutNameIsRefused() {
        let decision = PasswordVerification.decide(
            type: "account", user: "", password: Password(""), entry: Self.enabled)
        #expect(decision == .refused(reason: "no such user"))
    }

    @Test(arguments: [
        ("secret 7\u{0}", true), ("secret 7", true), ("secret 7\u{0}rest", true), ("\u{0}secret 7", false),
    ])
    func thePasswordEndsAtTheNUL(input: String, isRight: Bool) {
        let password = PasswordVerification.password(fromInput: Array(input.utf8))
        #expect(Self.hash.verify(password) == isRight)
    }
}
