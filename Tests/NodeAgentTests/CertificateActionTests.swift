import Foundation
import JobEngine
import NodeAgent
import NodeCommands
import Testing
import Values

@testable import Certificates

/// Keys that stay on the node, and certificates that are renewed.
struct CertificateActionTests {
    private let place: TemporaryInstallation
    private let agent: NodeAgent
    private let job = JobID(node: 11, number: 5)
    private let authority: CertificateAuthority
    private let now = Date()

    init() throws {
        place = try TemporaryInstallation()
        agent = NodeAgent(node: 11, root: place.root)
        authority = try CertificateAuthority.make(
            commonName: "root", notBefore: now.addingTimeInterval(-86_400), notAfter: now.addingTimeInterval(86_400))
    }

    private func path(_ name: String) -> String { place.root.etc + "/ssl/" + name }

    private func run(_ command: some NodeCommand, step: Int = 0, job number: Int = 5) async throws -> CommandOutcome {
        await agent.run(try Command(command, on: 11), job: JobID(node: 11, number: number), step: step)
    }

    private func request(_ number: Int, _ type: CertificateRequestMake.KeyType = .p256) -> CertificateRequestMake {
        CertificateRequestMake(
            commonName: "n11", hosts: ["n11.example", "192.0.2.11"], keyType: type,
            keyPath: "/exa/etc/ssl/request-11.\(number).key")
    }

    /// A certificate of the authority for a key in a file of the node.
    private func certificate(forKeyIn name: String, usage: Set<KeyUsage> = [.serverAuthentication]) throws -> String {
        let key = try PrivateKey(pem: try #require(place.text(path(name))))
        let asked = CertificateRequest(
            commonName: "n11", names: [.dns("n11")], notBefore: now.addingTimeInterval(-60),
            notAfter: now.addingTimeInterval(3600), usages: usage)
        return try asked.signed(key: key, issuer: authority).pem
    }

    private func install(_ certificate: String) -> CertificateInstall {
        CertificateInstall(
            certificate: certificate, key: nil, authorities: nil,
            paths: ("/exa/etc/ssl/ssl.crt", "/exa/etc/ssl/ssl.key", "/exa/etc/ssl/ssl.ca"))
    }

    @Test(arguments: [CertificateRequestMake.KeyType.p256, .p384])
    func aRequestLeavesItsKeyOnTheNodeAndTellsNobody(_ type: CertificateRequestMake.KeyType) async throws {
        guard case .ok(let answer) = try await run(request(1, type)) else {
            Issue.record("It failed.")
            return
        }
        let text = try CertificateRequestMake.answer(answer).request
        #expect(text.hasPrefix("-----BEGIN CERTIFICATE REQUEST-----\n") && !text.contains("PRIVATE"))
        #expect(place.mode(path("request-11.1.key")) == 0o600)
        #expect(try PrivateKey(pem: try #require(place.text(path("request-11.1.key")))).type == .ec)
        let drop = Command("certificate.request.drop", on: 11, ["key_path": "/exa/etc/ssl/request-11.1.key"])
        #expect(await agent.run(drop, job: job, step: 0) == .ok(.null))
        #expect(place.files.isEmpty)
    }

    @Test func theKeyThatWaitsIsFoundByItsCertificate() async throws {
        for number in 1...3 { _ = try await run(request(number), job: number) }
        let key = place.text(path("request-11.2.key"))
        let certificate = try certificate(forKeyIn: "request-11.2.key")
        #expect(try await run(install(certificate)) == .ok(.null))
        #expect(place.text(path("ssl.key")) == key && place.text(path("ssl.crt")) == certificate)
        #expect(place.mode(path("ssl.key")) == 0o600)
        #expect(try await run(CertificateRequestSettle(certificate), step: 1) == .ok(.null))
        let waiting = place.files.filter { $0.contains("request-") }
        #expect(waiting == ["etc/ssl/request-11.1.key", "etc/ssl/request-11.3.key"])
        // The same once more finds the key in use.
        #expect(try await run(install(certificate), job: 6) == .ok(.null))
    }

    @Test func aCertificateThatFitsNoKeyIsRefused() async throws {
        let stranger = try authority.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: now.addingTimeInterval(-60),
            notAfter: now.addingTimeInterval(3600))
        guard case .refused(let none) = try await run(install(stranger.certificatePEM)) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(none.code == .objectMissing)
        _ = try await run(request(1), job: 1)
        guard case .refused(let other) = try await run(install(stranger.certificatePEM), job: 6) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(other.code == .parameterInvalid && other.faults.map(\.pointer) == ["/params/cert"])
        let clients = try certificate(forKeyIn: "request-11.1.key", usage: [.clientAuthentication])
        guard case .refused(let use) = try await run(install(clients), job: 7) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(use.message.contains("serverAuth"))
        #expect(place.files == ["etc/ssl/request-11.1.key"])
    }

    @Test func moreKeysThanCanBeNeededAreNotKept() async throws {
        for number in 1...16 {
            try place.write("no key", to: path("request-11.\(number).key"), mode: 0o600)
        }
        guard case .refused(let error) = try await run(request(17)) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(error.code == .objectExists && place.files.count == 16)
        try FileManager.default.removeItem(atPath: path("request-11.16.key"))
        guard case .ok = try await run(request(18), job: 6) else {
            Issue.record("It failed.")
            return
        }
        #expect(place.mode(path("request-11.18.key")) == 0o600)
    }

    @Test(arguments: ["/exa/etc/EXAConf", "/exa/etc/ssl/../x.key", "/etc/passwd"])
    func aKeyIsPutWhereKeysLieAlone(_ keyPath: String) async throws {
        let make = CertificateRequestMake(commonName: "n", hosts: [], keyType: .p256, keyPath: keyPath)
        guard case .failed(code: 2, _) = try await run(make) else {
            Issue.record("It was not refused.")
            return
        }
        #expect(place.files.isEmpty)
    }

    // MARK: Renewal

    private let renew = CertificateRenew(paths: ("/exa/etc/ssl/ssl.crt", "/exa/etc/ssl/ssl.key"))

    private func put(_ pair: IssuedCertificate) throws {
        try place.write(pair.certificatePEM, to: path("ssl.crt"))
        try place.write(pair.keyPEM, to: path("ssl.key"), mode: 0o600)
    }

    @Test func whatTheDaemonMadeIsRenewedAndCanBeTakenBack() async throws {
        let former = try SelfSigned.make(
            commonName: "n11", dnsNames: ["n11"], addresses: ["192.0.2.11"], validityDays: 10, now: now)
        try put(former)
        guard case .ok(let answer) = try await run(renew) else {
            Issue.record("It failed.")
            return
        }
        let pair = try CertificatePair.verify(
            chain: try #require(place.text(path("ssl.crt"))), key: try #require(place.text(path("ssl.key"))), ca: nil,
            now: Date())
        #expect(try CertificateRenew.answer(answer).fingerprint == pair.chain.leaf.fingerprint)
        #expect(pair.chain.leaf.names == former.certificate.names && pair.chain.leaf != former.certificate)
        #expect(!former.key.belongs(to: pair.chain.leaf) && pair.chain.leaf.isMadeByDaemon)
        #expect(place.mode(path("ssl.key")) == 0o600)
        let restore = Command(
            "certificate.restore", on: 11,
            ["cert_path": "/exa/etc/ssl/ssl.crt", "key_path": "/exa/etc/ssl/ssl.key"])
        #expect(await agent.run(restore, job: job, step: 0) == .ok(.null))
        #expect(place.text(path("ssl.crt")) == former.certificatePEM && place.text(path("ssl.key")) == former.keyPEM)
    }

    @Test func whatOthersMadeStays() async throws {
        let issued = try authority.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: now.addingTimeInterval(-60),
            notAfter: now.addingTimeInterval(3600))
        let own = try SelfSigned.make(commonName: "n11", dnsNames: ["n11"], addresses: [], validityDays: 1, now: now)
        let mixed = IssuedCertificate(certificate: own.certificate, key: issued.key)
        for (number, pair) in [issued, mixed].enumerated() {
            try put(pair)
            guard case .refused(let error) = try await run(renew, job: 10 + number) else {
                Issue.record("It was renewed.")
                continue
            }
            #expect(error.code == .objectMissing)
            #expect(place.text(path("ssl.crt")) == pair.certificatePEM && place.text(path("ssl.key")) == pair.keyPEM)
        }
    }
}
