import Foundation
import Support
import Testing

@testable import Certificates

struct PrivateKeyTests {
    @Test(arguments: [PrivateKey.Kind.p256, .rsa(2048)])
    func aNewKeyComesBackFromItsPEM(kind: PrivateKey.Kind) throws {
        let key = try PrivateKey.generate(kind)
        #expect(key.pem.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
        let read = try PrivateKey(pem: key.pem)
        #expect(read.der == key.der)
        #expect(read.type == (kind == .p256 ? .ec : .rsa))
        #expect(read.bits == (kind == .p256 ? 256 : 2048))
    }

    @Test func aKeyBelongsToItsOwnCertificateOnly() throws {
        let family = try Family()
        #expect(family.server.key.belongs(to: family.server.certificate))
        #expect(!family.server.key.belongs(to: family.root.certificate))
    }

    @Test(arguments: ["", "x", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
    func aTextWithoutAKeyIsRefused(text: String) {
        #expect(code { () throws(CertificateError) in _ = try PrivateKey(pem: text) } == .keyUnreadable)
    }

    @Test func aCertificateIsNoKey() throws {
        let pem = try Family().server.certificatePEM
        #expect(code { () throws(CertificateError) in _ = try PrivateKey(pem: pem) } == .keyUnreadable)
    }

    @Test(arguments: [0, 512, 1 << 20])
    func anRSAKeyOfAnOddSizeIsNotMade(bits: Int) {
        #expect(code { () throws(CertificateError) in _ = try PrivateKey.generate(.rsa(bits)) } == .requestInvalid)
    }

    @Test func nothingShowsTheKey() throws {
        let key = try PrivateKey.generate()
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(text.contains("ec"))
            #expect(!text.contains("\(key.der[10]), \(key.der[11])"))
            #expect(!text.contains("der"))
        }
    }

    @Test(.enabled(if: Program("openssl") != nil, "needs openssl"), arguments: ["genpkey", "traditional"])
    func anEncryptedKeyNeedsItsPassphrase(form: String) throws {
        let openssl = try #require(Program("openssl"))
        let plain = try PrivateKey.generate()
        let command = form == "genpkey" ? ["pkcs8", "-topk8", "-v2", "aes-256-cbc"] : ["ec", "-aes256"]
        let result = try openssl.run(command + ["-passout", "pass:open sesame"], input: plain.pem)
        let start = try #require(result.output.range(of: "-----BEGIN"))
        let pem = String(result.output[start.lowerBound...])
        #expect(code { () throws(CertificateError) in _ = try PrivateKey(pem: pem) } == .passphraseNeeded)
        for wrong in ["", "x", String(repeating: "x", count: 5000)] {
            let error = code { () throws(CertificateError) in _ = try PrivateKey(pem: pem, passphrase: wrong) }
            #expect(error == .passphraseWrong)
        }
        #expect(try PrivateKey(pem: pem, passphrase: "open sesame").der == plain.der)
    }

    @Test func aPassphraseForAPlainKeyDoesNotMatter() throws {
        let key = try PrivateKey.generate()
        #expect(try PrivateKey(pem: key.pem, passphrase: "x").der == key.der)
    }
}
