import Foundation
import Testing

@testable import Certificates

/// When a certificate is renewed, and what is said of its end.
struct CertificateEndTests {
    private func own(days count: Int) throws -> IssuedCertificate {
        try SelfSigned.make(
            commonName: "n11", dnsNames: ["n11", "n11.example"], addresses: ["10.0.0.11"], validityDays: count,
            now: noon)
    }

    @Test func onlyWhatTheDaemonMadeForItselfIsItsOwn() throws {
        let made = try own(days: 90)
        #expect(made.certificate.isMadeByDaemon)
        #expect(try CertificateChain(pem: made.certificatePEM).leaf.isMadeByDaemon)
        let family = try Family()
        for other in [family.server.certificate, family.root.certificate, family.intermediate.certificate] {
            #expect(!other.isMadeByDaemon)
        }
    }

    @Test func aMarkThatAnotherKeySignedIsWorthNothing() throws {
        let root = try Family().root
        var request = CertificateRequest(
            commonName: "n11", names: [.dns("n11")], notBefore: noon, notAfter: noon + days(90),
            usages: [.serverAuthentication])
        request.isMarked = true
        #expect(try !request.signed(key: .generate(), issuer: root).isMadeByDaemon)
        #expect(try request.signed(key: .generate(), issuer: nil).isMadeByDaemon)
    }

    @Test(
        arguments: [
            (3650, 2432, false), (3650, 2434, true), (90, 58, false), (90, 61, true), (60, 29, false), (60, 31, true),
            (10, 0, true), (90, 91, true),
        ])
    func itIsDueWhenTwoThirdsHavePassedOrAMonthIsLeft(life: Int, age: Int, isDue: Bool) throws {
        #expect(try own(days: life).certificate.isRenewalDue(at: noon + days(Double(age))) == isDue)
    }

    @Test func aRenewedOneHasTheSameNamesAndAnotherKey() throws {
        let former = try own(days: 90)
        let later = noon + days(80)
        let renewed = try SelfSigned.renewed(former.certificate, now: later)
        #expect(renewed.certificate.commonName == "n11")
        #expect(renewed.certificate.names == former.certificate.names)
        #expect(renewed.certificate.keyType == .ec && renewed.certificate.keyBits == 256)
        #expect(renewed.certificate.notBefore == later - 3600)
        #expect(renewed.certificate.notAfter == later + days(3650))
        #expect(renewed.certificate.isMadeByDaemon)
        #expect(!former.key.belongs(to: renewed.certificate))
        #expect(renewed.key.belongs(to: renewed.certificate))
        let pair = try CertificatePair.verify(
            chain: renewed.certificatePEM, key: renewed.keyPEM, ca: nil, now: later)
        #expect(pair.warnings == [.selfSigned])
    }

    @Test(arguments: [(.rsa(2048), .rsa, 2048), (.p384, .ec, 384)] as [(PrivateKey.Kind, KeyType, Int)])
    func aRenewedOneHasAKeyOfTheSameType(kind: PrivateKey.Kind, type: KeyType, bits: Int) throws {
        let request = CertificateRequest(
            commonName: "n11", names: [.dns("n11")], notBefore: noon, notAfter: noon + days(1), usages: [])
        let former = try request.signed(key: .generate(kind), issuer: nil)
        let renewed = try SelfSigned.renewed(former, now: noon).certificate
        #expect(renewed.keyType == type && renewed.keyBits == bits)
    }

    @Test(
        arguments: [
            (22, false, nil), (20, false, "it ends in 20 days;"), (8, true, nil), (6.5, true, "it ends in 6 days, and"),
            (6.5, false, "it ends in 6 days, and"), (1.5, false, "it ends in 1 day, and"),
            (0.5, false, "it ends in less than a day, and"), (-1, false, "it has ended, and"),
            (-1, true, "it has ended, and"),
        ] as [(Double, Bool, String?)])
    func theLastWeeksAreTold(left: Double, isRenewed: Bool, words: String?) throws {
        let certificate = try own(days: 90).certificate
        let warning = certificate.warning(at: certificate.notAfter - days(left), isRenewed: isRenewed)
        #expect(words.map { warning?.hasPrefix($0) == true } ?? (warning == nil), "\(warning ?? "nothing")")
        #expect(warning?.contains("cert_update") ?? true)
    }
}
