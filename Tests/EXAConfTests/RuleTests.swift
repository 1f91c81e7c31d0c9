import EXAConf
import Support
import Testing

@Suite struct RuleTests {
    @Test func aFreshClusterIsValid() throws {
        let document = try Fixture.fresh().committed().document
        let loaded = try Document(loading: document.canonicalBytes())
        #expect(loaded == document)
        #expect(loaded.revision == 1)
        #expect(loaded.global.xmlRPCPort == 4443)
        #expect(
            loaded.root.sections.map(\.header) == [
                "Global", "SSL", "Docker", "Groups", "Users", "Node : 11", "EXAStorage", "EXAVolume : DataVolume1",
                "EXAVolume : ArchiveVolume1", "Logging", "DB : DB1", "BucketFS : bfsdefault",
            ])
        let admin = try #require(loaded.user(named: "admin"))
        #expect(admin.isLoginEnabled)
        #expect(Set(admin.allGroups).isSuperset(of: ["exaadm", "root", "exadbadm", "exastoradm", "exabfsadm"]))
        #expect(loaded.text.hasPrefix("[Global]\n    Revision = 1\n"))
        #expect(loaded.text.contains("\n\n# An EXASOL database\n[DB : DB1]\n    # Unique id of this database.\n"))
        #expect(
            loaded.text.contains(
                "        Group = exausers\n        LoginEnabled = False\n        AdditionalGroups = exasaasadm,\n"))
    }

    @Test func settingsNoClusterCanHaveAreRefused() {
        var random = SequenceGenerator(seed: 1)
        var settings = FreshCluster()
        settings.nodeID = 5
        #expect(throws: EXAConfError.self) { try Document.fresh(settings, using: &random) }
        settings.nodeID = Int.max
        #expect(throws: EXAConfError.self) { try Document.fresh(settings, using: &random) }
        settings = FreshCluster()
        settings.privateNet = "nowhere"
        #expect(throws: EXAConfError.self) { try Document.fresh(settings, using: &random) }
    }

    @Test(arguments: [
        ("Networks = private", "Networks = public", "Networks"),
        ("DockerVolume = n11", "DockerVolume =", "DockerVolume"),
        ("PrivateNet = 10.10.10.11/24", "PrivateNet = {{net}}", "PrivateNet"), ("Name = n11", "Name =", "Name"),
        ("Port = 8563", "Port = many", "Port"), ("Networks = private", "Networks = private, public", "PublicNet"),
    ])
    func aBrokenRuleNamesKeyAndLine(_ old: String, _ new: String, _ key: String) throws {
        let text = try Fixture.fresh().text
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let index = try #require(lines.firstIndex { $0.trimmedFront == old })
        var changed = lines
        changed[index] = new
        let problems = try Document(parsing: changed.joined(separator: "\n")).problems()
        let problem = try #require(problems.first { $0.key == key })
        #expect(lines[problem.line - 1].trimmedFront.hasPrefix(key))
        #expect(!problem.cure.isEmpty)
    }

    @Test func sectionsThatHaveToBeThereAreMissed() throws {
        var document = try Fixture.fresh()
        document.removeSection(.docker)
        let error = #expect(throws: EXAConfError.self) { try document.validate() }
        #expect(error?.code == .unusable)
        #expect(error?.message.contains("[Docker]") == true)
        #expect(throws: EXAConfError.self) { try Document(parsing: "[X]\n").validate() }
    }

    @Test func nodesMustBeDistinctAndInOneNetwork() throws {
        let text = try Fixture.fresh().text
        let twin =
            "[Node : 12]\nName = n11\nDockerVolume = n11\nPrivateNet = 10.10.10.11/24\n[[Disk : a]]\nDevices = x, x\n"
        let problems = try Document(parsing: text + twin).problems()
        #expect(problems.map(\.key) == [nil, "Name", "DockerVolume", "PrivateNet"].map { $0 ?? "" })
        let far = "[Node : 12]\nName = n12\nDockerVolume = n12\nPrivateNet = 10.20.10.12/24\n"
        #expect(try Document(parsing: text + far).problems().map(\.key) == ["PrivateNet"])
    }

    @Test func everyLineIsCountedAsItIsWritten() throws {
        let document = try Document(parsing: Fixture.old)
        let lines = document.text.split(separator: "\n", omittingEmptySubsequences: false)
        let line = try #require(document.line(of: "ServiceOwner", in: ["BucketFS"]))
        #expect(lines[line - 1] == "    ServiceOwner = 500 : 500")
        let header = try #require(document.line(in: .bucket("default", service: "bfsdefault")))
        #expect(lines[header - 1] == "    [[Bucket : default]]")
        #expect(document.line(of: "Nothing", in: .global) == nil)
    }

    @Test func oldFilesAreReadAsTheyAre() throws {
        let document = try Document(parsing: Fixture.old)
        let database = try #require(document.database(named: "DB1"))
        #expect(database.activeNodeCount == 1)
        #expect(database.owner == Owner(user: 700, group: 701))
        #expect(database.nodes == [11])
        #expect(document.volume(named: "DataVolume1")?.owner == Owner(user: 500, group: 500))
        #expect(document.bucketFSServices.map(\.name) == ["bfsdefault"])
        #expect(document.global.xmlRPCPort == 443)
    }

    @Test func examplePathsOfOldFilesNameNoCertificate() throws {
        let ssl = try Document(parsing: Fixture.old).ssl
        #expect(ssl.text("Cert") == "/path/to/ssl.crt")
        #expect(ssl.certificate == "/exa/etc/ssl/ssl.crt")
        #expect(ssl.key == "/exa/etc/ssl/ssl.key")
        #expect(ssl.authority == "/exa/etc/ssl/ssl.ca")
    }

    @Test func anOldFileIsUpgradedStepByStep() throws {
        var random = SequenceGenerator(seed: 5)
        let target = try #require(Version("8.60.7"))
        let document = try Document(parsing: Fixture.old).upgraded(to: target, using: &random)
        #expect(document.value("Timezone", in: .global) == "Europe/Berlin")
        #expect(document.value("Hugepages", in: .global) == "0")
        #expect(document.value("REVersion", in: .global) == nil)
        #expect(document.value("CoredSubnets", in: .global)?.isEmpty == true)
        #expect(document.value("ConfVersion", in: .global) == "8.60.7")
        #expect(document.value("Checksum", in: .global) == "NONE")
        #expect(document.node(id: 11)?.uuid == "5D11CDFCDEA74475833F1892426428873D4BEB66")
        #expect(document.ssl.certificate == "/exa/etc/ssl/ssl.crt")
        #expect(document.ssl.section["CertVerify"] == "none")
        #expect(document.value("NumMasterNodes", in: .database("DB1")) == nil)
        #expect(document.value("NumActiveNodes", in: .database("DB1")) == "1")
        #expect(document.database(named: "DB1")?.section["ID"].map { Identifiers.isDatabaseID($0) } == true)
        #expect(document.section(at: ["BucketFS"]) == nil)
        #expect(document.value("Owner", in: .bucketFS("bfsdefault")) == "500 : 500")
        #expect(document.group(named: "exaadm")?.id == 1004)
        #expect(document.user(id: 700)?.name == "exadefusr1")
        #expect(document.group(id: 701)?.name == "exausers701")
        #expect(document.remoteVolumes.map(\.name) == ["default_logrotation_volume", "default_backup_volume"])
        #expect(document.remoteVolumes.map(\.id) == [10_001, 10_002])
        #expect(
            document.remoteVolumes.map(\.url) == ["https://bucket.example/x/logs", "https://bucket.example/x/backup"])
        #expect(document.remoteVolumes.first?.section["Passwd"] == "cGxhaW4h")
        #expect(try document.upgraded(to: target, using: &random) == document)
    }

    @Test func aNewerFileIsRefused() throws {
        var random = SequenceGenerator(seed: 5)
        let document = try Document(parsing: Fixture.old)
        #expect(throws: EXAConfError.self) {
            try document.upgraded(to: try #require(Version("6.0.11")), using: &random)
        }
        let older = try Document(parsing: "[Global]\nConfVersion = 6.0.0\n[Node : 11]\nHostname = x\n")
        let upgraded = try older.upgraded(to: try #require(Version("6.0.7")), using: &random)
        #expect(upgraded.value("Name", in: .node(11)) == "x")
        #expect(upgraded.value("UUID", in: .node(11)) == "IMPORT")
        #expect(upgraded.checksumState == .commit)
        #expect(upgraded.revision == 1)
    }

    @Test func aMissingTokenIsMadeUp() throws {
        var random = SequenceGenerator(seed: 5)
        let document = try Document(parsing: Fixture.old).withToken(using: &random)
        #expect(document.global.authenticationToken != nil)
        #expect(try document.withToken(using: &random) == document)
    }

    @Test(arguments: ChecksumTests.samples.map(\.name))
    func publicSamplesAreReadThroughTheViews(_ name: String) throws {
        guard let bytes = try Fixture.sample(name) else { return }
        let document = try Document(parsing: bytes)
        #expect(document.nodes.first?.id == 11)
        #expect(document.databases.first?.dataVolume == "DataVolume1")
        #expect(document.databases.first?.activeNodeCount == document.nodes.count)
        #expect(document.volumes.first?.nodes == document.nodes.compactMap(\.id))
        #expect(document.bucketFSServices.map(\.name) == ["bfsdefault"])
        #expect(document.bucketFSServices.first?.buckets.first?.isPublic == true)
        #expect(document.nodes.first?.disks.first?.devices == ["dev.1"])
        let isTemplate = name.contains("placeholders")
        #expect(document.problems().isEmpty == !isTemplate)
    }

    @Test func theThreeNodeSampleIsReadInFull() throws {
        guard let bytes = try Fixture.sample("exaconf-8.20.0-three-nodes") else { return }
        let document = try Document(loading: bytes)
        #expect(document.users.map(\.name) == ["root", "exadefusr", "exasaasusr", "probe"])
        #expect(document.user(named: "probe")?.authorizedKeys.count == 2)
        #expect(document.remoteVolume(id: 10_005)?.labels == ["offsite", "weekly"])
        #expect(document.database(named: "DB1")?.memory?.mebibytes == 6144)
        #expect(document.database(named: "DB1")?.backups.first?.expire?.seconds == 864_000)
        #expect(document.volume(named: "ArchiveVolume1")?.isArchive == true)
        #expect(document.bucket(named: "models", service: "bfsdefault")?.headerText == "Bucket : models")
    }
}

extension String {
    fileprivate var trimmedFront: String { String(drop { $0 == " " }) }
}
