import Certificates
import Testing

struct HostKeyTests {
    static let edwards = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKKlDWirlNz7qV1gsBs21zZVcnLzK/DJ9O0F9cBTgEU0"
    static let elliptic =
        "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBBEmI80Qlk81yKnSYUIpiSplHFocMBBaLfn7pvf3"
        + "wJuw2Y796pXl7YLXDyo1xO8wE0Go31Fu0dVLqb6bBT6M3Ks="

    @Test(arguments: ["", "[store]:2022 ", "store,192.0.2.7 ", "|1|abc=|def= "])
    func aKeyIsReadAsProgramsWriteIt(host: String) throws {
        for comment in ["", " root@store", "\r"] {
            let key = try #require(HostKey(host + Self.edwards + comment))
            #expect(key.description == Self.edwards)
            // As ssh-keygen -l prints it.
            #expect(key.fingerprint == "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wyY")
            #expect(key.algorithms == ["ssh-ed25519"])
        }
    }

    @Test(arguments: [
        "", "ssh-ed25519", "ssh-ed25519 ", "ssh-ed25519 AAAA", "ssh-ed25519 !!!!", "ssh-dss AAAAB3NzaC1kc3MAAA==",
        "@cert-authority * \(HostKeyTests.edwards)", "@revoked store \(HostKeyTests.edwards)",
        "a b \(HostKeyTests.edwards)", HostKeyTests.edwards.replacing("ssh-ed25519", with: "ssh-rsa"),
        "ssh-ed25519\n\(HostKeyTests.edwards.dropFirst(12))",
        "SHA256:OSCZNyS4J8l5pSVEBIihvxQaBv+V9nNEj49KOPJ+wyY",
    ])
    func whatIsNoKeyIsNone(line: String) {
        #expect(HostKey(line) == nil)
    }

    @Test func keysAreInOneOrderAndStandOnce() throws {
        let (edwards, elliptic) = (try #require(HostKey(Self.edwards)), try #require(HostKey(Self.elliptic)))
        #expect(HostKey.inOrder([elliptic, edwards, elliptic]) == [edwards, elliptic])
        #expect(elliptic.fingerprint == "SHA256:43hXOl7C0XoWwTGE6VJtAJzWCgiVJ30zlwSmwwfVrqU")
        #expect(
            [edwards, elliptic].shown
                == "\(edwards.fingerprint) (ssh-ed25519), \(elliptic.fingerprint) (ecdsa-sha2-nistp256)")
        #expect(edwards.knownHost("2001:db8::1", port: 22) == "[2001:db8::1]:22 \(Self.edwards)")
    }
}
