import Foundation
import Support
import Testing

@testable import Certificates

/// Requests for an authority, read by the command line of OpenSSL.
@Suite(.enabled(if: Program("openssl") != nil, "needs openssl"))
struct SigningRequestTests {
    private let openssl: Program

    init() throws {
        openssl = try #require(Program("openssl"))
    }

    @Test(
        arguments: [
            (.p256, "ASN1 OID: prime256v1"), (.p384, "ASN1 OID: secp384r1"), (.rsa(3072), "Public-Key: (3072 bit)"),
        ] as [(PrivateKey.Kind, String)])
    func itSaysWhatWasAskedForAndIsSignedByItsKey(kind: PrivateKey.Kind, words: String) throws {
        let key = try PrivateKey.generate(kind)
        let request = try SigningRequest(
            commonName: "n11", names: [.dns("n11.example"), .dns("*.db.example"), .ip("10.0.0.11"), .ip("fd00::1")])
        let pem = try request.pem(signedBy: key)
        let (status, text) = try openssl.run(["req", "-noout", "-text", "-verify"], input: pem)
        #expect(status == 0)
        let expected = [
            "verify OK", "Subject: CN = n11", words,
            "DNS:n11.example, DNS:*.db.example, IP Address:10.0.0.11, IP Address:FD00:0:0:0:0:0:0:1",
            "Digital Signature", "TLS Web Server Authentication",
        ]
        for line in expected { #expect(text.contains(line), "\(line) in \(text)") }
        let asked = try openssl.run(["req", "-noout", "-pubkey"], input: pem).output
        #expect(asked.contains("BEGIN PUBLIC KEY"))
        #expect(try openssl.run(["pkey", "-pubout"], input: key.pem).output == asked)
        #expect(!pem.contains("PRIVATE"))
    }

    @Test func aRequestWithoutNamesHasNone() throws {
        let pem = try SigningRequest(commonName: "n11", names: []).pem(signedBy: .generate())
        let text = try openssl.run(["req", "-noout", "-text", "-verify"], input: pem).output
        #expect(text.contains("verify OK") && !text.contains("Subject Alternative Name"))
    }

    @Test(
        arguments: [
            ("", ["a"]), (String(repeating: "n", count: 65), []), ("a\0b", []), ("a", ["a b"]), ("a", [""]),
        ] as [(String, [String])])
    func whatIsNoNameIsRefused(commonName: String, names: [String]) {
        let error = code { () throws(CertificateError) in
            _ = try SigningRequest(commonName: commonName, names: names.map { SubjectName(host: $0) })
        }
        #expect(error == .requestInvalid)
    }
}
