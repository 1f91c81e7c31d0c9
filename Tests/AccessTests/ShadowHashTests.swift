import Access
import Testing

struct ShadowHashTests {
    /// Hashes of "secret 7", made with `openssl passwd` and the C library.
    static let known = [
        "$1$saltsalt$APU/uEIYlBUFKCfGmoRDn0",
        "$5$saltsaltsaltsalt$AtSaOl2jnUbf5fJGai2IAjxxmlwbhL157f.pmVS1hMD",
        "$6$saltsaltsaltsalt$jtZ33ZLIv03e/GCQum7WFPZR0OXuJwarWvDuKaZCsk5uGdp4TPIlD884wmIqDboHRMwSNWr7yl5oIm5Wrl1gl0",
        "$6$rounds=2000$saltsaltsaltsalt$R/gaLR3bTkH1q3IVDEp1laSA/2p9D5Q2nQlSZ2pEdFWFxLCixzK5k0AibJgzghK9U4O.ZyJYgfiCXwJZctfSw0",
        "$2a$05$abcdefghijklmnopqrstuu2yMJv16a8bSQbd0ieXdBaPcCRrmSLf6",
        "$2y$05$abcdefghijklmnopqrstuu2yMJv16a8bSQbd0ieXdBaPcCRrmSLf6",
        "$y$j9T$saltsaltsalt$1bFcrZzWetava2XcO3BC6qBtlSiizzVU/WPxejS903D",
    ]

    @Test(arguments: known)
    func everyCommonMethodIsVerified(text: String) {
        let hash = ShadowHash(text)
        #expect(hash.isUsable)
        #expect(hash.verify(Password("secret 7")))
        #expect(!hash.verify(Password("secret 8")))
        #expect(!hash.verify(Password("secret 7 ")))
        #expect(!hash.verify(Password("")))
        #expect(!hash.verify(Password("secret 7\u{0}")))
    }

    @Test(arguments: [
        "", "!", "*", "!!", "x", "!$6$saltsaltsaltsalt$jtZ3", "$6$saltsaltsaltsalt$", "$6$saltsaltsaltsalt", "$6$",
        "$$$$",
        "$9$salt$hash", "secret 7", "<PASSWD>", "$2y$31$abcdefghijklmnopqrstuu2yMJv16a8bSQbd0ieXdBaPcCRrmSLf6",
        "$6$rounds=999999999$saltsaltsaltsalt$x", "$6$rounds=99999999999999999999$salt$x", "$6$salt:x$hash\n",
        "$2y$x$abcdefghijklmnopqrstuu",
    ])
    func anUnusableHashNeverVerifies(text: String) {
        #expect(!ShadowHash(text).isUsable)
        #expect(!ShadowHash(text).verify(Password("secret 7")))
        #expect(!ShadowHash(text).verify(Password(text)))
    }

    @Test func aTornHashNeverVerifies() {
        for text in Self.known {
            for length in stride(from: 0, to: text.utf8.count, by: 7) {
                #expect(!ShadowHash(String(text.prefix(length))).verify(Password("secret 7")))
            }
        }
    }

    @Test func aNewHashIsSaltedSHA512() throws {
        let first = try #require(ShadowHash.make(Password("Grüße")))
        let second = try #require(ShadowHash.make(Password("Grüße")))
        #expect(first != second)
        #expect(first.text.hasPrefix("$6$"))
        let parts = first.text.split(separator: "$")
        #expect(parts.map(\.count) == [1, 16, 86])
        #expect(first.verify(Password("Grüße")))
        #expect(!first.verify(second.verify(Password("Grüße")) ? Password("Gruesse") : Password("Grüße")))
    }

    @Test(arguments: [
        ("", false), ("a\u{0}b", false), (String(repeating: "x", count: 511), true),
        (String(repeating: "x", count: 512), false), (String(repeating: "x", count: 100_000), false),
    ])
    func onlyWhatTheLibraryTakesIsHashed(password: String, isTaken: Bool) {
        #expect((ShadowHash.make(Password(password)) != nil) == isTaken)
    }
}
