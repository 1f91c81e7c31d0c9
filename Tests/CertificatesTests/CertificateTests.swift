import Foundation
import Testing

@testable import Certificates

struct CertificateTests {
    @Test func theFactsOfAnIssuedCertificateAreRead() throws {
        let names: [SubjectName] = [
            .dns("n11.example"), .dns("*.example"), .ip("10.0.0.11"), .ip("fd00::1"), .uri("urn:node:11"),
            .email("root@example"),
        ]
        let family = try Family(usage: [.serverAuthentication, .clientAuthentication], names: names)
        let certificate = try CertificateChain(pem: family.server.certificatePEM).leaf
        #expect(certificate == family.server.certificate)
        #expect(certificate.subject == "CN=n11")
        #expect(certificate.issuer == "CN=Test intermediate")
        #expect(certificate.commonName == "n11")
        #expect(certificate.names == names)
        #expect(certificate.notBefore == noon - days(1))
        #expect(certificate.notAfter == noon + days(365))
        #expect(certificate.keyType == .ec)
        #expect(certificate.keyBits == 256)
        #expect(!certificate.isSelfSigned)
        #expect(!certificate.isAuthority)
        #expect(Set(certificate.usages) == [.serverAuthentication, .clientAuthentication])
        #expect(certificate.serialNumber.count == 32)
        #expect(certificate.fingerprint == Digest.sha256Hex(certificate.der))
        #expect(certificate.isIssued(by: family.intermediate.certificate))
        #expect(!certificate.isIssued(by: family.root.certificate))
    }

    @Test func anAuthorityIsSeenAsOne() throws {
        let root = try Family().root.certificate
        #expect(root.isAuthority)
        #expect(root.isSelfSigned)
        #expect(root.usages.isEmpty)
        #expect(root.allows(.clientAuthentication))
    }

    @Test func aRestrictedCertificateAllowsItsUseOnly() throws {
        let certificate = try Family(usage: [.clientAuthentication]).server.certificate
        #expect(certificate.allows(.clientAuthentication))
        #expect(!certificate.allows(.serverAuthentication))
    }

    @Test func aNameBeyondASCIIKeepsItsLetters() throws {
        let issued = try Family().root.issue(commonName: "Knoten ä", notBefore: noon, notAfter: noon + days(1))
        #expect(issued.certificate.commonName == "Knoten ä")
        #expect(issued.certificate.subject == "CN=Knoten ä")
    }

    @Test func datesFarAheadAreKept() throws {
        let end = Date(timeIntervalSince1970: 253_402_300_799)
        let issued = try Family().root.issue(commonName: "n", notBefore: noon, notAfter: end)
        #expect(issued.certificate.notAfter == end)
    }

    @Test func everyCertificateOfAFileIsRead() throws {
        let family = try Family()
        let text = "Some words\n" + family.server.keyPEM + family.chain + "more words\n"
        let chain = try CertificateChain(pem: text)
        #expect(chain.certificates == [family.server.certificate, family.intermediate.certificate])
        #expect(try CertificateChain(pem: chain.pem) == chain)
        #expect(try CertificateChain(pem: text.replacing("\n", with: "\r\n")) == chain)
    }

    @Test func aTextWithoutAWholeCertificateIsRefused() throws {
        let pem = try Family().server.certificatePEM
        let block = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
        let texts = [
            "", "x", "\0", try Family().server.keyPEM, String(pem.dropLast(40)), pem + pem.dropLast(40), block,
            pem + block,
        ]
        for text in texts {
            #expect(
                code { () throws(CertificateError) in _ = try CertificateChain(pem: text) } == .certificateUnreadable)
        }
        let large = String(repeating: "x", count: CertificateChain.sizeLimit + 1)
        #expect(code { () throws(CertificateError) in _ = try CertificateChain(pem: large) } == .certificateUnreadable)
    }

    @Test func anEncryptedBlockIsRefusedWithoutAskingAnyone() throws {
        let header = "Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,000102030405060708090A0B0C0D0E0F\n\n"
        let pem = try Family().server.certificatePEM
        let begin = "-----BEGIN CERTIFICATE-----\n"
        let text = pem.replacing(begin, with: begin + header)
        #expect(code { () throws(CertificateError) in _ = try CertificateChain(pem: text) } == .certificateUnreadable)
    }

    @Test func changedBytesNeverTrap() throws {
        let der = try Family().server.certificate.der
        for index in der.indices {
            var changed = der
            changed[index] ^= 0xFF
            if let certificate = try? Certificate(der: changed) {
                #expect(certificate.fingerprint != Digest.sha256Hex(der))
            }
            #expect(throws: CertificateError.self) { try Certificate(der: der.prefix(index)) }
        }
    }
}
