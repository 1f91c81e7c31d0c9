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

    @Test func itsFilesBelongToTheRevision() throws {
        let issued = try selfSigned()
        let files = try #require(try JobTrial(.certUpdate, parameters(issued)).plan?.files)
        #expect(files.map(\.path) == ["etc/ssl/ssl.crt", "etc/ssl/ssl.key"])
        #expect(files.map(\.mode) == [0o644, 0o600])
        #expect(
            files.map(\.sha256) == [issued.certificatePEM, issued.keyPEM].map { Digest.sha256Hex($0.utf8) })
        #expect(files.flatMap(\.nodes).isEmpty)
    }

    @Test func membersThatArePresentGetIt() throws {
        var status = FixtureCluster.status
        for node in [11, 12] {
            status.members[node] = .init(id: "m\(node)", address: "10.0.0.\(node)", port: 1, peerPort: 2)
        }
        let issued = parameters(try selfSigned())
        #expect(try JobTrial(.certUpdate, issued, cluster: status).plan?.commands.map(\.node) == [11])
        status.members[12]?.isPresent = true
        #expect(try JobTrial(.certUpdate, issued, cluster: status).plan?.commands.map(\.node) == [11, 12])
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

    // MARK: Keys that stay on the node

    @Test func aRequestMakesAKeyInAFileOfItsOwn() throws {
        let answer: Value = ["request": "-----BEGIN CERTIFICATE REQUEST-----\n"]
        let trial = try JobTrial(
            .certRequest,
            [
                "common_name": "n11", "dns_names": ["n11.example", "*.example"],
                "addresses": ["192.0.2.11", "fd00::1"],
            ],
            answers: [answer])
        #expect(trial.output == answer["request"])
        #expect(trial.changes.isEmpty)
        let command = try #require(trial.plan?.commands.first)
        #expect(trial.plan?.commands.count == 1 && trial.plan?.makesRevision == false)
        #expect(command.action == "certificate.request" && command.undo == "certificate.request.drop")
        #expect(
            command.arguments == [
                "common_name": "n11", "hosts": ["n11.example", "*.example", "192.0.2.11", "fd00::1"],
                "key_path": "/exa/etc/ssl/request-11.1.key", "key_type": "ec-p256",
            ])
    }

    @Test func withoutOtherNamesItIsForTheCommonName() throws {
        let trial = try JobTrial(
            .certRequest, ["common_name": "n11.example", "key_type": "rsa-3072"], answers: [["request": ""]])
        #expect(trial.plan?.commands.first?.arguments["hosts"] == ["n11.example"])
        #expect(trial.plan?.commands.first?.arguments["key_type"] == "rsa-3072")
    }

    @Test(
        arguments: [
            (["common_name": "a b"], "common_name"), (["common_name": ""], "common_name"),
            (["common_name": "n", "dns_names": ["ok", "a b"]], "dns_names/1"),
            (["common_name": "n", "dns_names": ["192.0.2.1"]], "dns_names/0"),
            (["common_name": "n", "addresses": ["n11"]], "addresses/0"),
            (["common_name": "n", "key_type": "rsa-1024"], "key_type"), ([:], "common_name"),
        ] as [([String: Value], String)])
    func aRequestThatCannotBeMadeIsRefusedByName(_ given: [String: Value], pointer: String) {
        #expect(refusal(of: .certRequest, given)?.faults.map(\.pointer) == ["/params/\(pointer)"])
    }

    @Test func theAnswerToARequestGoesToTheNodeThatHasTheKey() throws {
        let issued = try selfSigned()
        let trial = try JobTrial(.certUpdate, ["cert": .string(issued.certificatePEM), "requested": true])
        let commands = try #require(trial.plan?.commands)
        #expect(commands.map(\.action) == ["certificate.install", "certificate.request.settle"])
        #expect(commands.map(\.node) == [11, 11])
        #expect(commands[0].arguments["key"] == nil && commands[0].undo == "certificate.restore")
        #expect(commands[1].arguments == ["cert": .string(issued.certificatePEM)] && commands[1].undo == nil)
        #expect(trial.plan?.makesRevision == true)
        #expect(trial.plan?.files == [], "no other node has the key")
    }

    @Test func aChainWithoutAKeyIsCheckedAllTheSame() throws {
        let root = try CertificateAuthority.make(
            commonName: "root", notBefore: now.addingTimeInterval(-3600), notAfter: now.addingTimeInterval(86_400))
        func issue(_ usage: Set<KeyUsage>, ends: TimeInterval) throws -> String {
            try root.issue(
                commonName: "n11", names: [.dns("n11")], notBefore: now.addingTimeInterval(-1800),
                notAfter: now.addingTimeInterval(ends), usage: usage
            ).certificatePEM
        }
        let good = try issue([.serverAuthentication], ends: 3600)
        _ = try JobTrial(.certUpdate, ["cert": .string(good), "ca": .string(root.certificate.pem), "requested": true])
        let faulty = [
            (try issue([.serverAuthentication], ends: -60), "expired on"),
            (try issue([.clientAuthentication], ends: 3600), "serverAuth"),
            (root.certificate.pem + good, "was not issued by the next"), ("none", "no certificate"),
        ]
        for (chain, words) in faulty {
            let error = try #require(refusal(of: .certUpdate, ["cert": .string(chain), "requested": true]))
            #expect(error.code == .parameterInvalid && error.faults.map(\.pointer) == ["/params/cert"])
            #expect(error.message.contains(words), "\(error.message)")
        }
    }

    @Test func theKeyIsGivenOrRequestedAndNotBoth() throws {
        var given = parameters(try selfSigned())
        given["requested"] = false
        #expect(try JobTrial(.certUpdate, given).plan?.commands.count == 2)
        given["requested"] = true
        #expect(refusal(of: .certUpdate, given)?.faults.map(\.pointer) == ["/params/requested"])
        given["key"] = nil
        given["requested"] = false
        #expect(refusal(of: .certUpdate, given)?.code == .parameterMissing)
        given["requested"] = nil
        #expect(refusal(of: .certUpdate, given)?.faults.map(\.pointer) == ["/params/key"])
    }

    @Test func theCertificateOfANodeThatIsNamedIsThatNodes() throws {
        #expect(
            try JobTrial(.certRenew, ["nid": 12], answers: [["fingerprint": "0f"]]).plan?.commands.map(\.node) == [12])
        let requested: [String: Value] = ["common_name": "n12", "nid": 12]
        let request = try JobTrial(.certRequest, requested, answers: [["request": "pem"]])
        #expect(request.plan?.commands.map(\.node) == [12])
        let issued = try selfSigned()
        let answer: [String: Value] = ["cert": .string(issued.certificatePEM), "requested": true, "nid": 12]
        let plan = try #require(try JobTrial(.certUpdate, answer).plan)
        #expect(plan.commands.map(\.node) == [12, 12] && plan.commands.map(\.isBeside) == [false, false])
        // A key that is given is for all nodes.
        let given = refusal(of: .certUpdate, parameters(issued).merging(["nid": 12]) { $1 })
        #expect(given?.faults.map(\.pointer) == ["/params/nid"])
        for definition in [JobDefinition.certRenew, .certRequest] {
            let common: [String: Value] = definition.name == "cert_request" ? ["common_name": "n"] : [:]
            let away = refusal(of: definition, common.merging(["nid": 13]) { $1 })
            #expect(away?.code == .objectBusy && away?.details["nodes"] == [13])
            #expect(refusal(of: definition, common.merging(["nid": 99]) { $1 })?.code == .objectMissing)
        }
    }

    @Test func aRenewalIsAJobOfTheNodeWhoseCertificateItIs() throws {
        let trial = try JobTrial(.certRenew, answers: [["fingerprint": "0f"]])
        #expect(trial.output == "0f" && trial.plan?.makesRevision == true)
        let command = try #require(trial.plan?.commands.first)
        #expect(command.action == "certificate.renew" && command.undo == "certificate.restore")
        #expect(command.arguments == ["cert_path": "/exa/etc/ssl/ssl.crt", "key_path": "/exa/etc/ssl/ssl.key"])
    }
}
