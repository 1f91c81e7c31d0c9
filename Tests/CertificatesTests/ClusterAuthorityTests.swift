import Foundation
import Support
import Testing

@testable import Certificates

/// The authority of a cluster: what it issues, and whom its nodes believe.
struct ClusterAuthorityTests {
    static let cluster = "0123456789abcdef0123456789abcdef01234567"
    private let authority: ClusterAuthority
    private let member: MemberIdentity

    init() throws {
        authority = try ClusterAuthority.make(cluster: Self.cluster, now: noon)
        member = try MemberIdentity(cluster: Self.cluster, member: 11, address: "10.0.0.11")
    }

    private func request(_ kind: PrivateKey.Kind = .p256) throws -> (key: PrivateKey, request: ReceivedRequest) {
        let key = try PrivateKey.generate(kind)
        // Names a node would like to have; the authority decides.
        let pem = try SigningRequest(commonName: "root", names: [.dns("master.example")]).pem(signedBy: key)
        return (key, try ReceivedRequest(pem: Array(pem.utf8)))
    }

    private func trust(
        _ revoked: [RevokedCertificate] = [], cluster: String = Self.cluster, of other: ClusterAuthority? = nil
    ) throws -> ClusterTrust {
        let authority = other ?? authority
        return try ClusterTrust(
            cluster: cluster, authorities: Array(authority.certificate.pem.utf8),
            revocations: Array(authority.revocationList(of: revoked, now: noon).utf8))
    }

    private func chain(_ certificate: Certificate) throws -> CertificateChain {
        try CertificateChain(pem: certificate.pem)
    }

    @Test func aNodesCertificateSaysWhoItIs() throws {
        let (key, request) = try request()
        let issued = try authority.issue(to: member, for: request, now: noon)
        #expect(key.belongs(to: issued))
        #expect(issued.isIssued(by: authority.certificate) && !issued.isAuthority)
        #expect(issued.names == [.uri("confd://\(Self.cluster)/members/11"), .ip("10.0.0.11")])
        #expect(issued.commonName == "confd node 11")
        #expect(Set(issued.usages) == [.serverAuthentication, .clientAuthentication])
        #expect(issued.notBefore == noon - 3600 && issued.notAfter == noon + days(365))
        #expect(try MemberIdentity(of: issued) == member)
        for usage in [KeyUsage.serverAuthentication, .clientAuthentication] {
            #expect(try trust().member(showing: chain(issued), as: usage, now: noon) == member)
        }
        #expect(!issued.isRenewalDue(at: noon + days(240)) && issued.isRenewalDue(at: noon + days(245)))
        let other = try authority.issue(to: member, for: request, now: noon)
        #expect(other.serialNumber != issued.serialNumber && issued.serialNumber.count == 32)
    }

    @Test func itIsReadAgainAsItWasKept() throws {
        let (certificate, key) = (Array(authority.certificate.pem.utf8), Array(authority.keyPEM.utf8))
        let again = try ClusterAuthority(certificate: certificate, key: key)
        #expect(again.cluster == Self.cluster && again.certificate == authority.certificate)
        #expect(again.certificate.keyType == .ec && again.certificate.keyBits == 256 && again.certificate.isAuthority)
        let family = try Family()
        let rows: [(String, String, CertificateError.Code)] = [
            (family.root.certificate.pem, family.root.key.pem, .notAuthority),
            (authority.certificate.pem, family.root.key.pem, .keyMismatch),
            (authority.certificate.pem, "", .keyUnreadable),
            ("", authority.keyPEM, .certificateUnreadable),
        ]
        for (certificate, key, expected) in rows {
            let found = code { () throws(CertificateError) in
                _ = try ClusterAuthority(certificate: Array(certificate.utf8), key: Array(key.utf8))
            }
            #expect(found == expected)
        }
    }

    @Test func nobodyGetsWhatIsNotTheirs() throws {
        let (_, request) = try request()
        let stranger = try MemberIdentity(cluster: "other", member: 11, address: "10.0.0.11")
        #expect(
            code { () throws(CertificateError) in _ = try authority.issue(to: stranger, for: request, now: noon) }
                == .requestInvalid)
        let weak = try self.request(.rsa(2048)).request
        #expect(
            code { () throws(CertificateError) in _ = try authority.issue(to: member, for: weak, now: noon) }
                == .weakKey)
        #expect(
            code { () throws(CertificateError) in _ = try ClusterAuthority.make(cluster: "a/b", now: noon) }
                == .requestInvalid)
        // Not longer than the authority itself.
        let late = noon + ClusterAuthority.validity - days(10)
        #expect(try authority.issue(to: member, for: request, now: late).notAfter == authority.certificate.notAfter)
    }

    @Test func aRequestIsReadWithItsProof() throws {
        let pem = try SigningRequest(commonName: "n", names: []).pem(signedBy: .generate(.p384))
        #expect(try ReceivedRequest(pem: Array(pem.utf8)).keyBits == 384)
        // Another key in the same request: its sender does not have the private half.
        let lines = pem.split(separator: "\n")
        var der = try #require(Data(base64Encoded: lines.dropFirst().dropLast().joined()))
        der[der.count - 1] ^= 1
        let forged = "\(lines[0])\n\(der.base64EncodedString())\n\(lines[lines.count - 1])\n"
        for text in [forged, "", "-----BEGIN CERTIFICATE REQUEST-----\n", String(pem.dropLast(60))] {
            #expect(
                code { () throws(CertificateError) in _ = try ReceivedRequest(pem: Array(text.utf8)) }
                    == .requestInvalid)
        }
        let large = Array(repeating: UInt8(ascii: "\n"), count: ReceivedRequest.sizeLimit + 1)
        #expect(code { () throws(CertificateError) in _ = try ReceivedRequest(pem: large) } == .requestInvalid)
    }

    @Test(
        arguments: [
            ("", 11, "10.0.0.11"), ("a b", 11, "10.0.0.11"), ("a/members/1", 11, "10.0.0.11"), ("a", 0, "10.0.0.11"),
            ("a", -1, "10.0.0.11"), ("a", 1, "n11"), ("a", 1, ""), (String(repeating: "a", count: 64), 1, "::1"),
        ])
    func whatIsNoNodeIsRefused(cluster: String, member: Int, address: String) {
        #expect(
            code { () throws(CertificateError) in
                _ = try MemberIdentity(cluster: cluster, member: member, address: address)
            } == .requestInvalid)
    }

    @Test(
        arguments: [
            [.ip("10.0.0.11")], [.uri("confd://a/members/1")], [.uri("confd://a/members/01"), .ip("10.0.0.1")],
            [.uri("confd://a/members/"), .ip("10.0.0.1")], [.uri("confd://a"), .ip("10.0.0.1")],
            [.uri("confd://a/members/1/2"), .ip("10.0.0.1")], [.uri("confd://a/nodes/1"), .ip("10.0.0.1")],
            [.uri("confd://a/members/1"), .uri("confd://a/members/2"), .ip("10.0.0.1")],
            [.uri("https://a/members/1"), .ip("10.0.0.1")],
        ] as [[SubjectName]])
    func aCertificateOfNoNodeIsNobodys(names: [SubjectName]) throws {
        let issued = try authority.authority.issue(
            commonName: "x", names: names, notBefore: noon - days(1), notAfter: noon + days(1),
            usage: [.clientAuthentication])
        let trust = try trust()
        #expect(
            code { () throws(CertificateError) in
                _ = try trust.member(
                    showing: CertificateChain(pem: issued.certificatePEM), as: .clientAuthentication, now: noon)
            } == .usageNotAllowed)
    }

    @Test func whoWasTakenBackEndedOrIsAnothersIsNotBelieved() throws {
        let issued = try authority.issue(to: member, for: request().request, now: noon)
        let other = try ClusterAuthority.make(cluster: Self.cluster, now: noon)
        let rows: [(ClusterTrust, Certificate, Date, CertificateError.Code?)] = [
            (try trust(), issued, noon, nil), (try trust(), issued, noon + days(366), .expired),
            (try trust([RevokedCertificate(issued, at: noon)]), issued, noon, .revoked),
            // The list has ended, and nobody wrote another one.
            (try trust(), issued, noon + days(91), .untrusted), (try trust(of: other), issued, noon, .untrusted),
            (try trust(cluster: "other"), issued, noon, .untrusted),
            (try trust(), authority.certificate, noon, .usageNotAllowed),
        ]
        for (number, row) in rows.enumerated() {
            let found = code { () throws(CertificateError) in
                _ = try row.0.member(
                    showing: CertificateChain(pem: row.1.pem), as: .clientAuthentication, now: row.2)
            }
            #expect(found == row.3, "row \(number)")
        }
    }

    @Test func twoAuthoritiesAreBelievedWhileOneFollowsTheOther() throws {
        let next = try ClusterAuthority.make(cluster: Self.cluster, now: noon)
        let both = try ClusterTrust(
            cluster: Self.cluster, authorities: Array((authority.certificate.pem + next.certificate.pem).utf8),
            revocations: Array(
                (authority.revocationList(of: [], now: noon) + next.revocationList(of: [], now: noon)).utf8))
        for issuer in [authority, next] {
            let issued = try issuer.issue(to: member, for: request().request, now: noon)
            #expect(try both.member(showing: chain(issued), as: .clientAuthentication, now: noon) == member)
        }
    }

    @Test func aListIsDueWhenItTellsTooLittleOrSoonEnds() throws {
        let issued = try authority.issue(to: member, for: request().request, now: noon)
        let revoked = RevokedCertificate(issued, at: noon)
        let (empty, full) = (
            Array(try authority.revocationList(of: [], now: noon).utf8),
            Array(try authority.revocationList(of: [revoked], now: noon).utf8)
        )
        let other = Array(
            try ClusterAuthority.make(cluster: Self.cluster, now: noon).revocationList(of: [], now: noon).utf8)
        let rows: [([UInt8]?, [RevokedCertificate], Date, Bool)] = [
            (nil, [], noon, true), (Array("x".utf8), [], noon, true), (other, [], noon, true), (empty, [], noon, false),
            (empty, [revoked], noon, true), (full, [revoked], noon, false), (full, [], noon, false),
            (empty, [], noon + days(59), false), (empty, [], noon + days(61), true), (empty, [], noon - days(1), true),
            // It would have ended by itself.
            (empty, [revoked], issued.notAfter + days(2), true),
        ]
        for (number, row) in rows.enumerated() {
            #expect(authority.isListDue(row.0, revoked: row.1, now: row.2) == row.3, "row \(number)")
        }
        let late = issued.notAfter + days(2)
        let later = Array(try authority.revocationList(of: [], now: late).utf8)
        #expect(!authority.isListDue(later, revoked: [revoked], now: late))
        #expect(
            code { () throws(CertificateError) in
                let nonsense = RevokedCertificate(serialNumber: "xyz", revokedAt: noon, notAfter: noon + days(1))
                _ = try authority.revocationList(of: [nonsense], now: noon)
            } == .requestInvalid)
    }

    @Test(.enabled(if: Program("openssl") != nil, "needs openssl"))
    func opensslReadsTheSame() throws {
        let openssl = try #require(Program("openssl"))
        let issued = try authority.issue(to: member, for: request().request, now: noon)
        let list = try authority.revocationList(of: [RevokedCertificate(issued, at: noon)], now: noon)
        let text = try openssl.run(["crl", "-noout", "-text"], input: list).output
        for line in ["Version 2", issued.serialNumber.uppercased(), "X509v3 CRL Number", "ecdsa-with-SHA256"] {
            #expect(text.contains(line), "\(line) in \(text)")
        }
        try withFolder { folder in
            let path = { (name: String) in folder.appending(path: name).path }
            let files = ["ca": authority.certificate.pem, "node": issued.pem, "list": list]
            for (name, pem) in files { try Data(pem.utf8).write(to: folder.appending(path: name)) }
            let arguments = [
                "verify", "-x509_strict", "-attime", "\(Int(noon.timeIntervalSince1970))", "-CAfile", path("ca"),
            ]
            for purpose in ["sslserver", "sslclient"] {
                #expect(try openssl.run(arguments + ["-purpose", purpose, path("node")]).status == 0)
            }
            let checked = try openssl.run(
                arguments + ["-crl_check", "-CRLfile", path("list"), path("node")], joinsErrors: true)
            #expect(checked.status != 0 && String(decoding: checked.output, as: UTF8.self).contains("revoked"))
        }
    }
}
