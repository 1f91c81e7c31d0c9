import Foundation
import Support
import Testing

@testable import Certificates

/// The command line of OpenSSL as the other side.
@Suite(.enabled(if: Program("openssl") != nil, "needs openssl"))
struct OpenSSLPeerTests {
    private let openssl: Program

    init() throws {
        openssl = try #require(Program("openssl"))
    }

    @Test func itPrintsWhatWeIssued() throws {
        let issued = try SelfSigned.make(
            commonName: "confd", dnsNames: ["n11.example"], addresses: ["10.0.0.11", "fd00::1"], validityDays: 30,
            now: noon)
        let text = try openssl.run(["x509", "-noout", "-text"], input: issued.certificatePEM).output
        let expected = [
            "Version: 3 (0x2)", "Subject: CN = confd", "Issuer: CN = confd", "ASN1 OID: prime256v1",
            "DNS:n11.example, IP Address:10.0.0.11, IP Address:FD00:0:0:0:0:0:0:1",
            "TLS Web Server Authentication, TLS Web Client Authentication", "CA:FALSE", "ecdsa-with-SHA256",
            "Not Before: Jan 15 11:00:00 2026 GMT", "Not After : Feb 14 12:00:00 2026 GMT",
        ]
        for line in expected { #expect(text.contains(line), "\(line)") }
        let printed = try openssl.run(["x509", "-noout", "-fingerprint", "-sha256"], input: issued.certificatePEM)
            .output
        let fingerprint = printed.split(separator: "=").last?.filter(\.isHexDigit).lowercased()
        #expect(fingerprint == issued.certificate.fingerprint)
        #expect(try openssl.run(["pkey", "-noout", "-check"], input: issued.keyPEM).status == 0)
    }

    @Test func itAcceptsOurChain() throws {
        let family = try Family()
        try withFolder { folder in
            let files = [
                "root": family.root.certificate.pem, "chain": family.chain, "leaf": family.server.certificatePEM,
            ]
            for (name, pem) in files { try Data(pem.utf8).write(to: folder.appending(path: name)) }
            let path = { (name: String) in folder.appending(path: name).path }
            let arguments = [
                "verify", "-x509_strict", "-attime", "\(Int(noon.timeIntervalSince1970))", "-purpose", "sslserver",
                "-verify_hostname", "n11.example", "-CAfile", path("root"),
            ]
            #expect(try openssl.run(arguments + ["-untrusted", path("chain"), path("leaf")]).status == 0)
            #expect(try openssl.run(arguments + [path("leaf")]).status != 0)
        }
    }

    @Test func itTrustsOurSelfSignedCertificateWhenTold() throws {
        let issued = try SelfSigned.make(
            commonName: "confd", dnsNames: ["n11"], addresses: [], validityDays: 30, now: noon)
        try withFolder { folder in
            let file = folder.appending(path: "self").path
            try Data(issued.certificatePEM.utf8).write(to: URL(fileURLWithPath: file))
            let time = "\(Int(noon.timeIntervalSince1970))"
            #expect(try openssl.run(["verify", "-attime", time, "-CAfile", file, file]).status == 0)
        }
    }

    @Test func weReadWhatItMade() throws {
        try withFolder { folder in
            let (key, certificate) = (folder.appending(path: "key"), folder.appending(path: "crt"))
            let made = try openssl.run([
                "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key.path, "-out", certificate.path,
                "-days", "10", "-subj", "/C=DE/O=Example, Inc./CN=n11", "-addext",
                "subjectAltName=DNS:n11,IP:10.0.0.11",
            ])
            #expect(made.status == 0)
            let chain = try String(contentsOf: certificate, encoding: .utf8)
            let pair = try CertificatePair.verify(
                chain: chain, key: String(contentsOf: key, encoding: .utf8), ca: chain, now: Date())
            let leaf = pair.chain.leaf
            #expect(leaf.subject == #"CN=n11,O=Example\, Inc.,C=DE"#)
            #expect(leaf.commonName == "n11")
            #expect(leaf.names == [.dns("n11"), .ip("10.0.0.11")])
            #expect(leaf.keyType == .rsa)
            #expect(leaf.keyBits == 2048)
            #expect(leaf.isAuthority)
            #expect(pair.warnings.contains(.selfSigned))
        }
    }

    @Test func anOutdatedSignatureIsRefused() throws {
        let root = try CertificateAuthority.make(
            commonName: "Root", notBefore: Date() - days(1), notAfter: Date() + days(100))
        try withFolder { folder in
            let path = { (name: String) in folder.appending(path: name).path }
            try Data(root.certificate.pem.utf8).write(to: URL(fileURLWithPath: path("ca")))
            try Data(root.key.pem.utf8).write(to: URL(fileURLWithPath: path("cakey")))
            let request = try openssl.run([
                "req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", path("key"),
                "-out", path("csr"), "-subj", "/CN=n11",
            ])
            #expect(request.status == 0)
            let signed = try openssl.run([
                "x509", "-req", "-sha1", "-in", path("csr"), "-CA", path("ca"), "-CAkey", path("cakey"), "-days", "10",
                "-set_serial", "7", "-out", path("crt"),
            ])
            #expect(signed.status == 0)
            let chain = try CertificateChain(pem: String(contentsOfFile: path("crt"), encoding: .utf8))
            let authorities = try CertificateChain(pem: root.certificate.pem)
            let error = code { () throws(CertificateError) in
                try chain.verify(against: authorities, now: Date(), usage: .serverAuthentication)
            }
            #expect(error == .weakSignature)
        }
    }
}
