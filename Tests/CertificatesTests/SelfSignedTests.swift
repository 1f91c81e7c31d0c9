import Foundation
import Testing

@testable import Certificates

struct SelfSignedTests {
    /// What `SelfSigned.make` is asked for.
    struct Order: Sendable {
        var name = "confd"
        var dns = ["n11", "n11.example"]
        var addresses = ["10.0.0.11", "::1"]
        var validityDays = 365
        var now = noon

        func make() throws(CertificateError) -> IssuedCertificate {
            try SelfSigned.make(
                commonName: name, dnsNames: dns, addresses: addresses, validityDays: validityDays, now: now)
        }
    }

    @Test func itIsUsableAtOnceAndTrustedByItself() throws {
        let issued = try Order().make()
        let certificate = issued.certificate
        #expect(certificate.isSelfSigned)
        #expect(!certificate.isAuthority)
        #expect(certificate.names == [.dns("n11"), .dns("n11.example"), .ip("10.0.0.11"), .ip("::1")])
        #expect(certificate.notBefore == noon - 3600)
        #expect(certificate.notAfter == noon + days(365))
        #expect(certificate.keyType == .ec)
        for ca in [nil, issued.certificatePEM] {
            let pair = try CertificatePair.verify(chain: issued.certificatePEM, key: issued.keyPEM, ca: ca, now: noon)
            #expect(pair.warnings == [.selfSigned])
        }
    }

    @Test func everyOneHasAKeyAndANumberOfItsOwn() throws {
        let (first, second) = (try Order().make(), try Order().make())
        #expect(first.keyPEM != second.keyPEM)
        #expect(first.certificate.serialNumber != second.certificate.serialNumber)
    }

    private static let refused = [
        Order(name: ""), Order(name: String(repeating: "n", count: 65)), Order(name: "a\0b"), Order(dns: [""]),
        Order(dns: ["a b"]), Order(dns: ["a..b"]), Order(dns: ["-a"]), Order(dns: ["ä.example"]),
        Order(dns: ["a\0.example"]), Order(dns: [String(repeating: "a", count: 64)]), Order(addresses: ["10.0.0.256"]),
        Order(addresses: ["10.0.0.1\0"]), Order(addresses: ["n11"]), Order(validityDays: 0),
        Order(validityDays: .max), Order(now: .distantPast), Order(now: Date(timeIntervalSince1970: .nan)),
        Order(now: Date(timeIntervalSince1970: .infinity)),
    ]

    @Test(arguments: refused.indices)
    func whatCannotBeIssuedIsRefused(index: Int) {
        let order = Self.refused[index]
        #expect(code { () throws(CertificateError) in _ = try order.make() } == .requestInvalid)
    }

    @Test(arguments: [
        ("10.0.0.1", SubjectName.ip("10.0.0.1")), ("fd00::1", .ip("fd00::1")), ("n11", .dns("n11")),
        ("10.0.0", .dns("10.0.0")),
    ])
    func aHostIsAnAddressWhenItReadsAsOne(host: String, name: SubjectName) {
        #expect(SubjectName(host: host) == name)
    }
}
