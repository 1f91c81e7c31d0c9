import Foundation
import Testing

@testable import Certificates

struct CertificatePairTests {
    private func failure(chain: String, key: String, ca: String?, now: Date = noon) -> CertificateError.Code? {
        code { () throws(CertificateError) in
            _ = try CertificatePair.verify(chain: chain, key: key, ca: ca, now: now)
        }
    }

    @Test func aChainToTheAuthorityIsTaken() throws {
        let family = try Family()
        let pair = try CertificatePair.verify(
            chain: family.chain, key: family.server.keyPEM, ca: family.root.certificate.pem, now: noon)
        #expect(pair.warnings.isEmpty)
        #expect(pair.chain.certificates.count == 2)
        #expect(pair.key.type == .ec)
    }

    @Test func theRootMayStandInTheChainToo() throws {
        let family = try Family()
        let chain = family.chain + family.root.certificate.pem
        #expect(failure(chain: chain, key: family.server.keyPEM, ca: family.root.certificate.pem) == nil)
    }

    @Test func withoutAnAuthorityTheChainIsCheckedInItself() throws {
        let family = try Family()
        let pair = try CertificatePair.verify(chain: family.chain, key: family.server.keyPEM, ca: nil, now: noon)
        #expect(pair.warnings == [.notCheckedAgainstAuthority])
    }

    @Test func aKeyOfAnotherCertificateIsRefused() throws {
        let family = try Family()
        let other = try PrivateKey.generate()
        #expect(failure(chain: family.chain, key: other.pem, ca: nil) == .keyMismatch)
    }

    @Test func aChainInTheWrongOrderIsRefused() throws {
        let family = try Family()
        let (server, middle, root) = (
            family.server.certificatePEM, family.intermediate.certificate.pem, family.root.certificate.pem
        )
        let key = family.server.keyPEM
        #expect(failure(chain: middle + server, key: key, ca: root) == .keyMismatch)
        #expect(failure(chain: server + root, key: key, ca: root) == .chainOrder)
        #expect(failure(chain: server + root + middle, key: key, ca: nil) == .chainOrder)
        #expect(failure(chain: server + server, key: key, ca: nil) == .chainOrder)
    }

    @Test func aMissingIntermediateIsRefused() throws {
        let family = try Family()
        let error = failure(
            chain: family.server.certificatePEM, key: family.server.keyPEM, ca: family.root.certificate.pem)
        #expect(error == .untrusted)
    }

    @Test func anotherAuthorityOfTheSameNameIsRefused() throws {
        let (family, other) = (try Family(), try Family())
        let error = failure(chain: family.chain, key: family.server.keyPEM, ca: other.root.certificate.pem)
        #expect(error == .untrusted)
    }

    @Test func oneOfSeveralAuthoritiesIsEnough() throws {
        let (family, other) = (try Family(), try Family())
        let authorities = other.root.certificate.pem + family.root.certificate.pem
        #expect(failure(chain: family.chain, key: family.server.keyPEM, ca: authorities) == nil)
    }

    @Test func aFileThatHoldsNoAuthorityIsRefused() throws {
        let (family, other) = (try Family(), try Family())
        let key = family.server.keyPEM
        #expect(failure(chain: family.chain, key: key, ca: other.server.certificatePEM) == .notAuthority)
        #expect(failure(chain: family.chain, key: key, ca: "") == .certificateUnreadable)
        #expect(failure(chain: family.chain, key: key, ca: key) == .certificateUnreadable)
    }

    @Test func datesAreHeldToTheSecond() throws {
        let family = try Family(notBefore: noon, notAfter: noon + 60)
        let (key, ca) = (family.server.keyPEM, family.root.certificate.pem)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: noon - 1) == .notYetValid)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: noon) == nil)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: noon + 59) == nil)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: noon + 61) == .expired)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: .distantFuture) == .expired)
        #expect(failure(chain: family.chain, key: key, ca: ca, now: .distantPast) == .notYetValid)
    }

    @Test func anExpiredAuthorityIsRefused() throws {
        let root = try CertificateAuthority.make(
            commonName: "Old root", notBefore: noon - days(10), notAfter: noon - days(1))
        let server = try root.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: noon - days(2), notAfter: noon + days(100))
        #expect(failure(chain: server.certificatePEM, key: server.keyPEM, ca: root.certificate.pem) == .expired)
    }

    @Test func aSmallRSAKeyIsRefusedWhereverItStands() throws {
        let root = try CertificateAuthority.make(
            commonName: "Root", notBefore: noon - days(1), notAfter: noon + days(100), key: .rsa(2048))
        let small = try root.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: noon, notAfter: noon + days(90), key: .rsa(1024))
        #expect(failure(chain: small.certificatePEM, key: small.keyPEM, ca: root.certificate.pem) == .weakKey)
        let large = try root.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: noon, notAfter: noon + days(90), key: .rsa(2048))
        #expect(failure(chain: large.certificatePEM, key: large.keyPEM, ca: root.certificate.pem) == nil)
        let weakRoot = try CertificateAuthority.make(
            commonName: "Weak", notBefore: noon - days(1), notAfter: noon + days(100), key: .rsa(1024))
        let server = try weakRoot.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: noon, notAfter: noon + days(90))
        #expect(failure(chain: server.certificatePEM, key: server.keyPEM, ca: weakRoot.certificate.pem) == .weakKey)
    }

    @Test func aClientCertificateIsNoServerCertificate() throws {
        let family = try Family(usage: [.clientAuthentication])
        let (key, ca) = (family.server.keyPEM, family.root.certificate.pem)
        #expect(failure(chain: family.chain, key: key, ca: ca) == .usageNotAllowed)
        let authorities = try CertificateChain(pem: ca)
        let chain = try CertificateChain(pem: family.chain)
        try chain.verify(against: authorities, now: noon, usage: .clientAuthentication)
        let error = code { () throws(CertificateError) in
            try chain.verify(against: authorities, now: noon, usage: .serverAuthentication)
        }
        #expect(error == .usageNotAllowed)
    }

    @Test func aServerMustNotIssue() throws {
        let family = try Family()
        let error = code { () throws(CertificateError) in
            _ = try CertificateAuthority(certificate: family.server.certificate, key: family.server.key)
        }
        #expect(error == .notAuthority)
    }

    @Test func warningsTellWhatIsOdd() throws {
        let family = try Family(notAfter: noon + days(29), names: [.uri("urn:node:11")])
        let pair = try CertificatePair.verify(
            chain: family.chain, key: family.server.keyPEM, ca: family.root.certificate.pem, now: noon)
        #expect(pair.warnings == [.noHostNames, .expiresSoon(noon + days(29))])
        #expect(pair.warnings.last?.message.contains("2026-02-13") == true)
    }

    @Test func unreadableFilesAreToldApart() throws {
        let family = try Family()
        #expect(failure(chain: "x", key: family.server.keyPEM, ca: nil) == .certificateUnreadable)
        #expect(failure(chain: family.chain, key: "x", ca: nil) == .keyUnreadable)
    }
}
