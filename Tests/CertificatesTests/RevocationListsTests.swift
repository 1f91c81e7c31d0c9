import Foundation
import Support
import Testing
import Values

@testable import Certificates

/// Revocation lists as the openssl program makes them.
@Suite(.enabled(if: Program("openssl") != nil, "needs openssl"))
struct RevocationListsTests {
    private let openssl: Program
    private let family: Family
    private let authorities: CertificateChain

    init() throws {
        openssl = try #require(Program("openssl"))
        family = try Family(usage: [.clientAuthentication])
        authorities = try CertificateChain(pem: family.root.certificate.pem + family.intermediate.certificate.pem)
    }

    /// A list of an authority that takes certificates back, in PEM.
    private func list(
        _ authority: CertificateAuthority, _ revoked: [Certificate] = [], from start: Date = noon,
        until end: Date = noon + days(7), extensions: String = ""
    ) throws -> [UInt8] {
        try withFolder { folder in
            let lines = revoked.map { certificate in
                "R\t400101000000Z\t260101000000Z\t\(certificate.serialNumber.uppercased())\tunknown\t/CN=x\n"
            }
            let files = [
                "crt": authority.certificate.pem, "key": authority.key.pem, "index": lines.joined(),
                "config": "[ca]\ndefault_ca=d\n[d]\ndatabase=\(folder.path)/index\ndefault_md=sha256\n"
                    + (extensions.isEmpty ? "" : "[e]\nissuingDistributionPoint=critical,@p\n[p]\n\(extensions)\n"),
            ]
            for (name, text) in files { try Data(text.utf8).write(to: folder.appending(path: name)) }
            let path = { (name: String) in folder.appending(path: name).path }
            let made = try openssl.run(
                [
                    "ca", "-gencrl", "-config", path("config"), "-cert", path("crt"), "-keyfile", path("key"),
                    "-crl_lastupdate", Self.time(start), "-crl_nextupdate", Self.time(end), "-out", path("crl"),
                ] + (extensions.isEmpty ? [] : ["-crlexts", "e"]), input: "")
            #expect(made.status == 0, "\(made.output)")
            return Array(try Data(contentsOf: folder.appending(path: "crl")))
        }
    }

    private static func time(_ date: Date) -> String {
        date.ISO8601Format().filter { $0.isNumber } + "Z"
    }

    private func lists(_ bytes: [UInt8]) throws -> RevocationLists { try RevocationLists(bytes, of: authorities) }

    private var both: [UInt8] {
        get throws { try list(family.root) + list(family.intermediate) }
    }

    @Test func whoIsInNoListIsBelieved() throws {
        let lists = try lists(both)
        #expect(lists.refusal(of: family.server.certificate.id, at: noon) == nil)
        #expect(lists.findings(at: noon).isEmpty)
    }

    @Test func whoIsInAListIsNot() throws {
        let other = try family.intermediate.issue(commonName: "other", notBefore: noon, notAfter: noon + days(1))
        let lists = try lists(list(family.root) + list(family.intermediate, [family.server.certificate]))
        #expect(lists.refusal(of: family.server.certificate.id, at: noon) == "the certificate was revoked")
        // It was, for good, though the list may have ended.
        #expect(lists.refusal(of: family.server.certificate.id, at: noon + days(8)) == "the certificate was revoked")
        #expect(lists.refusal(of: other.certificate.id, at: noon) == nil)
    }

    @Test func aListInDERCountsAsWell() throws {
        let pem = String(decoding: try list(family.intermediate, [family.server.certificate]), as: UTF8.self)
        let der = try openssl.run(["crl", "-outform", "der"], input: Array(pem.utf8)).output
        #expect(der.first == 0x30)
        #expect(try lists(der).refusal(of: family.server.certificate.id, at: noon) == "the certificate was revoked")
    }

    @Test func anAuthorityThatWasTakenBackTakesItsClientsAlong() throws {
        let lists = try lists(list(family.root, [family.intermediate.certificate]) + list(family.intermediate))
        #expect(lists.refusal(of: family.server.certificate.id, at: noon) == "the certificate was revoked")
    }

    @Test func nobodyIsBelievedOfWhomNoListTells() throws {
        let lists = try lists(list(family.root))
        #expect(
            lists.refusal(of: family.server.certificate.id, at: noon)
                == "no revocation list tells of the certificate's issuer")
        #expect(
            lists.findings(at: noon) == [
                "there is no revocation list of CN=Test intermediate: its clients are refused"
            ])
    }

    @Test func aListThatHasEndedOrNotBegunLetsNobodyIn() throws {
        let lists = try lists(both)
        let ended = "the revocation list of the certificate's issuer has ended"
        #expect(lists.refusal(of: family.server.certificate.id, at: noon + days(7)) == nil)
        #expect(lists.refusal(of: family.server.certificate.id, at: noon + days(7) + 1) == ended)
        #expect(lists.refusal(of: family.server.certificate.id, at: noon - 1) == ended)
        let findings = lists.findings(at: noon + days(8))
        #expect(findings.count == 2)
        #expect(
            findings.first
                == "the revocation list of CN=Test intermediate ended on 2026-01-22T12:00:00Z: its clients are refused "
                + "until there is another")
        #expect(lists.findings(at: noon - 1).first?.contains("begins on 2026-01-15T12:00:00Z") == true)
    }

    @Test func theNewestListOfAnAuthorityCounts() throws {
        let former = try list(family.intermediate, [family.server.certificate], from: noon - days(7), until: noon)
        let latest = try list(family.intermediate)
        for bytes in [former + latest, latest + former] {
            let lists = try lists(list(family.root) + bytes)
            #expect(lists.refusal(of: family.server.certificate.id, at: noon) == nil)
        }
    }

    @Test func whatNoAuthoritySignedCountsForNothing() throws {
        let stranger = try Family()
        let lists = try lists(both + list(stranger.intermediate, [family.server.certificate]))
        #expect(lists.refusal(of: family.server.certificate.id, at: noon) == nil)
        #expect(
            lists.findings(at: noon) == [
                "the revocation list of CN=Test intermediate counts for nothing: no authority of CertAuth signed it"
            ])
    }

    @Test(arguments: [
        ("onlysomereasons=keyCompromise", false), ("onlyCA=TRUE", false), ("onlyAA=TRUE", false),
        ("indirectCRL=TRUE", false), ("fullname=URI:http://127.0.0.1/crl\nonlyuser=TRUE", true),
    ])
    func aListOfAPartIsRefused(extensions: String, isTaken: Bool) throws {
        let bytes = try list(family.intermediate, extensions: extensions)
        let error = code { () throws(CertificateError) in _ = try RevocationLists(bytes, of: authorities) }
        #expect(error == (isTaken ? nil : .revocationsUnreadable))
    }

    @Test func whatIsNoListIsRefused() throws {
        let good = try list(family.intermediate)
        let texts: [[UInt8]] = [
            [], Array("nothing".utf8), Array(family.chain.utf8), Array(good.dropLast(60)),
            Array("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n".utf8),
            good + Array("-----BEGIN X509 CRL-----\nAAAA\n-----END X509 CRL-----\n".utf8), [0x30, 0x82, 0, 0, 0],
            family.server.certificate.der, [UInt8](repeating: 0x20, count: RevocationLists.sizeLimit + 1),
        ]
        for text in texts {
            let error = code { () throws(CertificateError) in _ = try RevocationLists(text, of: authorities) }
            #expect(error == .revocationsUnreadable, "\(String(decoding: text.prefix(40), as: UTF8.self))")
        }
    }

    @Test func aDamagedListIsRefusedOrCountsForNothing() throws {
        let pem = try list(family.intermediate, [family.server.certificate])
        let der = try openssl.run(["crl", "-outform", "der"], input: pem).output
        for index in der.indices {
            var bytes = der
            bytes[index] ^= 0x55
            // Whatever it is read as, nobody is let in by it.
            guard let lists = try? RevocationLists(bytes, of: authorities) else { continue }
            #expect(lists.refusal(of: family.server.certificate.id, at: noon) != nil, "byte \(index)")
        }
        for count in der.indices {
            let error = code { () throws(CertificateError) in
                _ = try RevocationLists(Array(der.prefix(count)), of: authorities)
            }
            #expect(error == .revocationsUnreadable)
        }
    }

    @Test func aServersMaterialHasThemWithTheAuthoritiesOfClients() throws {
        let made = try SelfSigned.make(
            commonName: "n", dnsNames: ["n"], addresses: [], validityDays: 90, now: noon)
        let (certificate, key) = (Array(made.certificatePEM.utf8), Array(made.keyPEM.utf8))
        let authorities = Array(authorities.pem.utf8)
        let with = try TLSMaterial(
            certificate: certificate, key: key, authorities: authorities, revocations: try both)
        #expect(with.revocations != nil)
        let asksNobody = try TLSMaterial(certificate: certificate, key: key, revocations: try both)
        #expect(asksNobody.revocations == nil)
        let error = #expect(throws: CertificateError.self) {
            try TLSMaterial(certificate: certificate, key: key, authorities: authorities, revocations: [1])
        }
        #expect(error?.code == .revocationsUnreadable && error?.part == .revocations)
    }
}

struct CertificateIDTests {
    @Test func itIsReadAsItIsWritten() throws {
        let id = try Family().server.certificate.id
        #expect(CertificateID(text: id.text) == id)
        #expect(id.text == "\(Hex.text(id.issuer)):\(id.serialNumber)")
        for text in ["", ":", "zz:01", "30:0", "30", "30:01:02", "3:01"] {
            #expect((CertificateID(text: text) == nil) == (text != ":"), "\(text)")
        }
    }

    @Test func theIssuersNameIsThatOfTheIssuersSubject() throws {
        let family = try Family()
        #expect(family.server.certificate.id.issuer == family.intermediate.certificate.subjectName)
    }
}
