import Certificates
import EXAConf
import FoundationEssentials
import JobEngine
import Jobs
import Support
import Testing
import Values

struct CertificateJobTests {
    private let now = Date(timeIntervalSince1970: 1_800_000_000)

    private func selfSigned(days: Int = 90) throws -> IssuedCertificate {
        try SelfSigned.make(
            commonName: "n11", dnsNames: ["n11"], addresses: ["10.10.10.11"], validityDays: days, now: now)
    }

    private func parameters(_ issued: IssuedCertificate) -> [String: Value] {
        ["cert": .string(issued.certificatePEM), "key": .string(issued.keyPEM)]
    }

    @Test func aGoodPairIsInstalledOnEveryNodeInReach() throws {
        let issued = try selfSigned()
        let trial = try JobTrial(.certUpdate, parameters(issued))
        let plan = try #require(trial.plan)
        #expect(plan.makesRevision)
        #expect(plan.commands.map(\.node) == [11, 12])
        for command in plan.commands {
            #expect(command.action == "certificate.install")
            #expect(command.undo == "certificate.restore")
            #expect(command.secrets == ["key"])
            #expect(command.arguments["key"] == .string(issued.keyPEM))
            #expect(command.arguments["cert_path"] == "/exa/etc/ssl/ssl.crt")
            #expect(command.arguments["key_path"] == "/exa/etc/ssl/ssl.key")
            #expect(command.arguments["ca_path"] == "/exa/etc/ssl/ssl.ca")
            #expect(command.arguments["ca"] == nil)
        }
        #expect(trial.output?.list?.count == 1)
        #expect(trial.changes.isEmpty)
    }

    @Test func aChainThatIsCheckedHasNoWarnings() throws {
        let authority = try CertificateAuthority.make(
            commonName: "root", notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(86_400 * 900)
        )
        let issued = try authority.issue(
            commonName: "n11", names: [.dns("n11")], notBefore: now.addingTimeInterval(-60),
            notAfter: now.addingTimeInterval(86_400 * 90))
        var given = parameters(issued)
        given["ca"] = .string(authority.certificate.pem)
        let trial = try JobTrial(.certUpdate, given)
        #expect(trial.output == nil)
        #expect(trial.plan?.commands.first?.arguments["ca"] == .string(authority.certificate.pem))
        let other = try CertificateAuthority.make(
            commonName: "other", notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(86_400))
        given["ca"] = .string(other.certificate.pem)
        #expect(refusal(of: .certUpdate, given)?.code == .parameterInvalid)
    }

    @Test func whatDoesNotFitIsRefusedByName() throws {
        let (issued, other) = (try selfSigned(), try selfSigned())
        var given = parameters(issued)
        given["key"] = .string(other.keyPEM)
        let mismatch = try #require(refusal(of: .certUpdate, given))
        #expect(mismatch.faults.map(\.pointer) == ["/params/key"])
        #expect(!mismatch.message.contains("PRIVATE"))
        given["key"] = "none"
        #expect(refusal(of: .certUpdate, given)?.faults.map(\.pointer) == ["/params/key"])
        given["cert"] = "none"
        #expect(refusal(of: .certUpdate, given)?.faults.map(\.pointer) == ["/params/cert"])
    }

    @Test func anExpiredCertificateIsRefused() throws {
        let issued = try selfSigned(days: 1)
        let later = Timestamp(milliseconds: 1_800_000_000_000 + 86_400_000 * 2)
        #expect(throws: JobError.self) { try JobTrial(.certUpdate, parameters(issued), now: later) }
    }

    @Test func unusablePathsBecomeTheDefaults() throws {
        var document = FixtureCluster.document
        try document.setSSL(certificate: "/path/to/ssl.crt", key: "/path/to/ssl.key", authority: "/mine/ssl.ca")
        let trial = try JobTrial(.certUpdate, parameters(try selfSigned()), on: document)
        #expect(trial.after.ssl.certificate == "/exa/etc/ssl/ssl.crt")
        #expect(trial.changes.count == 4)
        #expect(trial.plan?.commands.first?.arguments["key_path"] == "/exa/etc/ssl/ssl.key")
        #expect(trial.plan?.commands.first?.arguments["ca_path"] == "/mine/ssl.ca")
    }
}
