import EXAConf
import Support
import Testing

@Suite struct ChangeTests {
    private static func refusal(
        of document: Document, _ change: (inout Document) throws -> Void
    ) -> EXAConfError.Code? {
        var changed = document
        do {
            try change(&changed)
            return nil
        } catch {
            #expect(changed == document, "a refused change must leave the document alone")
            return (error as? EXAConfError)?.code
        }
    }

    private var random = SequenceGenerator(seed: 3)

    @Test mutating func aNodeGetsTheNextIdAndTheDefaults() throws {
        var document = try Fixture.fresh()
        let before = document
        let id = try document.addNode(NodeSettings(privateNet: "10.10.10.x/24"), using: &random)
        #expect(id == 12)
        let node = try #require(document.node(id: 12))
        #expect(node.name == "n12")
        #expect(node.affinity == 12)
        #expect(node.privateNet?.description == "10.10.10.12/24")
        #expect(node.dockerVolume == "n12")
        #expect(node.exposedPorts.map(\.description) == ["8563:8575", "2581:2593"])
        #expect(node.disks.map(\.name) == ["disk1"])
        #expect(document.problems().isEmpty)
        let lines = UnifiedDiff(from: before.text, to: document.text).description.split(separator: "\n")
        #expect(lines.dropFirst(2).allSatisfy { !$0.hasPrefix("-") })
        #expect(document.text.contains("    # Ports to be exposed (container : host)\n    ExposedPorts = 8563:8575"))
    }

    @Test mutating func nodesAreDistinct() throws {
        var document = try Fixture.fresh()
        try document.addNode(NodeSettings(privateNet: "10.10.10.12/24"), using: &random)
        var random = random
        let exists = EXAConfError.Code.exists
        #expect(
            Self.refusal(of: document) { try $0.addNode(NodeSettings(privateNet: "10.10.10.12/24"), using: &random) }
                == exists)
        #expect(
            Self.refusal(of: document) {
                try $0.addNode(NodeSettings(privateNet: "10.10.10.13/24", name: "n12"), using: &random)
            } == exists)
        #expect(
            Self.refusal(of: document) {
                try $0.addNode(id: 11, NodeSettings(privateNet: "10.10.10.13/24"), using: &random)
            }
                == exists)
        #expect(
            Self.refusal(of: document) {
                try $0.addNode(id: 9, NodeSettings(privateNet: "10.10.10.13/24"), using: &random)
            }
                == .invalid)
        #expect(
            Self.refusal(of: document) { try $0.addNode(NodeSettings(privateNet: "10.11.10.13/24"), using: &random) }
                == .invalid)
        #expect(Self.refusal(of: document) { try $0.modifyNode(12, NodeSettings(name: "n11")) } == exists)
    }

    @Test func aNodeInUseStays() throws {
        let document = try Fixture.fresh()
        #expect(
            Self.refusal(of: document) { try $0.removeNode(11) }
                == .inUse(by: ["EXAVolume : DataVolume1", "EXAVolume : ArchiveVolume1", "DB : DB1"]))
        #expect(Self.refusal(of: document) { try $0.removeNode(99) } == .missing)
        var forced = document
        try forced.removeNode(11, force: true)
        #expect(forced.nodes.isEmpty)
    }

    @Test func affinityAndStateComeAndGo() throws {
        let document = try Fixture.fresh()
        var changed = document
        try changed.setAffinity(3, node: 11)
        #expect(changed.node(id: 11)?.affinity == 3)
        try changed.setAffinity(nil, node: 11)
        try changed.setState("Suspended", node: 11)
        #expect(changed.node(id: 11)?.state == "suspended")
        try changed.setState(nil, node: 11)
        #expect(changed == document)
    }

    @Test func theLastDeviceTakesItsDiskAlong() throws {
        var document = try Fixture.fresh()
        try document.addDisk("disk2", node: 11, DiskSettings(devices: ["dev.2"]))
        #expect(Self.refusal(of: document) { try $0.addDevice("dev.1", disk: "disk2", node: 11) } == .exists)
        try document.addDevice("dev.3", disk: "disk2", node: 11)
        #expect(document.node(id: 11)?.disks.last?.devices == ["dev.2", "dev.3"])
        try document.removeDevice("dev.2", disk: "disk2", node: 11)
        try document.removeDevice("dev.3", disk: "disk2", node: 11)
        #expect(try document == Fixture.fresh())
        #expect(
            Self.refusal(of: document) { try $0.removeDevice("dev.1", disk: "disk1", node: 11) }
                == .inUse(by: ["EXAVolume : DataVolume1", "EXAVolume : ArchiveVolume1"]))
    }

    @Test func usersAndGroupsKeepTheirRules() throws {
        var document = try Fixture.fresh()
        try document.addGroup("monitoring", id: 2000)
        let probe = UserSettings(
            id: 2001, group: "monitoring", passwordHash: Fixture.hash, additionalGroups: ["exausers"],
            authorizedKeys: ["ssh-ed25519 AAAA a@b"])
        try document.addUser("probe", probe)
        #expect(document.user(named: "probe")?.section.entries.map(\.key).first == "ID")
        #expect(document.value("AdditionalGroups", in: .user("probe")) == "exausers,")
        #expect(document.user(id: 2001)?.isLoginEnabled == false)
        #expect(Self.refusal(of: document) { try $0.addUser("probe", probe) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addUser("other", probe) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addUser("_owner", UserSettings(id: 9, group: "root")) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addUser("a b", UserSettings(id: 9, group: "root")) } == .invalid)
        #expect(Self.refusal(of: document) { try $0.addUser("x", UserSettings(id: 9, group: "nobody")) } == .missing)
        let plain = UserSettings(passwordHash: "secret")
        #expect(Self.refusal(of: document) { try $0.modifyUser("probe", plain) } == .invalid)
        let more = UserSettings(additionalGroups: ["exaadm", "exausers"])
        try document.modifyUser("probe", more, extendingLists: true)
        #expect(document.user(named: "probe")?.additionalGroups == ["exausers", "exaadm"])
        try document.modifyUser("probe", UserSettings(additionalGroups: []))
        #expect(document.value("AdditionalGroups", in: .user("probe")) == ",")
        #expect(Self.refusal(of: document) { try $0.addGroup("monitoring", id: 3) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addGroup("other", id: 2000) } == .exists)
        #expect(Self.refusal(of: document) { try $0.removeGroup("monitoring") } == .inUse(by: ["user probe"]))
        #expect(Self.refusal(of: document) { try $0.removeUser("root") } == .invalid)
        guard case .inUse = Self.refusal(of: document, { try $0.removeUser("exadefusr") }) else {
            Issue.record("the owner of objects was removed")
            return
        }
        try document.removeUser("probe")
        try document.removeGroup("monitoring")
        #expect(try document == Fixture.fresh())
    }

    @Test mutating func bucketsBelongToAService() throws {
        var document = try Fixture.fresh()
        try document.addBucketFS("second", BucketFSSettings(httpsPort: 2582), using: &random)
        #expect(document.bucketFSService(named: "second")?.headerText == "BucketFS : second")
        #expect(document.value("bucketvolume", in: .bucketFS("second")) == "None")
        let files = BucketSettings(isPublic: true, readPassword: "read", additionalFiles: ["a:/b", "c:/d"])
        try document.addBucket("models", service: "second", files, using: &random)
        #expect(document.value("ReadPasswd", in: .bucket("models", service: "second")) == "cmVhZA==")
        #expect(document.value("AdditionalFiles", in: .bucket("models", service: "second")) == "a:/b,c:/d")
        let written = document.bucket(named: "models", service: "second")?.writePassword
        #expect(written.flatMap { EncodedPassword.plain($0) }?.count == 32)
        var random = random
        #expect(
            Self.refusal(of: document) { try $0.addBucket("models", service: "second", files, using: &random) }
                == .exists)
        #expect(Self.refusal(of: document) { try $0.addBucket("m", service: "no", files, using: &random) } == .missing)
        #expect(
            Self.refusal(of: document) { try $0.addBucket("m", service: "second", BucketSettings(), using: &random) }
                == .invalid)
        let stranger = BucketFSSettings(owner: Owner(user: 9, group: 500))
        #expect(Self.refusal(of: document) { try $0.modifyBucketFS("second", stranger) } == .missing)
        try document.modifyBucket("models", service: "second", BucketSettings(isPublic: false))
        #expect(document.bucket(named: "models", service: "second")?.isPublic == false)
        try document.removeBucket("models", service: "second")
        try document.removeBucketFS("second")
        #expect(try document == Fixture.fresh())
    }

    @Test func remoteVolumesGetNameAndIdFromEachOther() throws {
        var document = try Fixture.fresh()
        let s3 = RemoteVolumeSettings(type: "s3", url: "https://b.example/x", password: "not-a-real-secret!")
        let first = try document.addRemoteVolume(nil, s3)
        #expect(first == ("r0001", 10_001))
        let second = try document.addRemoteVolume("office_nas", id: 10_005, s3)
        #expect(second == ("office_nas", 10_005))
        let third = try document.addRemoteVolume(nil, s3)
        #expect(third == ("r0006", 10_006))
        #expect(document.remoteVolume(named: "r0001")?.password == "not-a-real-secret!")
        #expect(
            document.section(at: .remoteVolume("r0001"))?.entries.map(\.key) == [
                "Type", "ID", "URL", "Owner", "Passwd",
            ])
        #expect(Self.refusal(of: document) { try $0.addRemoteVolume("DataVolume1", s3) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addRemoteVolume(nil, id: 10_005, s3) } == .exists)
        #expect(
            Self.refusal(of: document) { try $0.addRemoteVolume("x", RemoteVolumeSettings(type: "nfs", url: "u")) }
                == .invalid)
        try document.addSchedule("b", database: "DB1", ScheduleSettings(volume: "r0001", level: 0, expire: "1w"))
        #expect(
            Self.refusal(of: document) { try $0.removeRemoteVolume("r0001") } == .inUse(by: ["DB : DB1/Backup : b"]))
    }

    @Test func objectVolumesShareTheNamesOfAllVolumes() throws {
        var document = try Fixture.fresh()
        let cloud = ObjectVolumeSettings(type: "s3", region: "eu-1", bucket: "b", credentials: "k:s")
        try document.addObjectVolume("cloud", cloud)
        #expect(document.objectVolume(named: "cloud")?.priority == 10)
        #expect(Self.refusal(of: document) { try $0.addObjectVolume("DataVolume1", cloud) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addRemoteVolume("cloud", RemoteVolumeSettings()) } == .exists)
        var settings = DatabaseSettings()
        settings.cloudDataVolume = "cloud"
        try document.modifyDatabase("DB1", settings)
        #expect(Self.refusal(of: document) { try $0.removeObjectVolume("cloud") } == .inUse(by: ["DB : DB1"]))
        try document.removeObjectVolume("cloud", force: true)
        #expect(document.objectVolumes.isEmpty)
    }

    @Test func volumesKeepTheirRules() throws {
        var document = try Fixture.fresh()
        let archive = VolumeSettings(type: "archive", size: "10 GiB", disk: "disk1", nodes: [11], redundancy: 1)
        try document.addVolume("arc", archive)
        #expect(document.volume(named: "arc")?.stripeSize?.description == "64 KiB")
        #expect(Self.refusal(of: document) { try $0.addVolume("arc", archive) } == .exists)
        var bad = archive
        bad.nodes = [11, 12]
        #expect(Self.refusal(of: document) { try $0.addVolume("x", bad) } == .missing)
        bad = archive
        bad.disk = "disk9"
        #expect(Self.refusal(of: document) { try $0.addVolume("x", bad) } == .missing)
        bad = archive
        bad.size = "lots"
        #expect(Self.refusal(of: document) { try $0.addVolume("x", bad) } == .invalid)
        #expect(Self.refusal(of: document) { try $0.addVolume("a:b", archive) } == .invalid)
        try document.modifyVolume(
            "arc", VolumeSettings(type: "data", blockSize: "1 MiB", ports: [.http: 8080], priority: 3))
        let volume = try #require(document.volume(named: "arc"))
        #expect(volume.isArchive)
        #expect(volume.blockSize?.description == "64 KiB")
        #expect(volume.httpPort == 8080)
        #expect(volume.priority == 3)
        #expect(
            Self.refusal(of: document) { try $0.modifyVolume("DataVolume1", VolumeSettings(ports: [.http: 80])) }
                == .invalid)
        #expect(Self.refusal(of: document) { try $0.modifyVolume("arc", VolumeSettings(redundancy: 2)) } == .invalid)
        #expect(
            Self.refusal(of: document) { try $0.modifyVolume("arc", VolumeSettings(owner: Owner(user: 1, group: 2))) }
                == .missing)
        #expect(Self.refusal(of: document) { try $0.removeVolume("DataVolume1") } == .inUse(by: ["DB : DB1"]))
        try document.removeVolume("arc")
        #expect(try document == Fixture.fresh())
    }

    @Test mutating func databasesKeepTheirRules() throws {
        var document = try Fixture.fresh()
        var settings = DatabaseSettings(version: "8.29.6", nodes: [11], dataVolume: "DataVolume1", port: 8564)
        try document.addDatabase("DB2", settings, using: &random)
        let database = try #require(document.database(named: "DB2"))
        #expect(database.id.map { Identifiers.isDatabaseID($0) } == true)
        #expect(database.memory?.description == "2 GiB")
        #expect(database.jdbc.url == "bucketfs://bfsdefault/default/drivers/jdbc")
        #expect(document.value("AdditionalURLs", in: .database("DB2").appending("JDBC"))?.isEmpty == true)
        try document.addDatabase("abcdefghijklmnopqrstuv", settings, using: &random)
        #expect(document.database(id: "abcdefghijklmnopqrstuv")?.name == "abcdefghijklmnopqrstuv")
        var random = random
        #expect(Self.refusal(of: document) { try $0.addDatabase("DB2", settings, using: &random) } == .exists)
        settings.id = database.id
        #expect(Self.refusal(of: document) { try $0.addDatabase("DB3", settings, using: &random) } == .exists)
        settings.id = nil
        settings.masterDatabase = "DB2"
        #expect(Self.refusal(of: document) { try $0.addDatabase("MAIN", settings, using: &random) } == .invalid)
        settings.autoStart = true
        try document.addDatabase("WORKER", settings, using: &random)
        #expect(document.value("AutoStart", in: .database("WORKER")) == "False")
        #expect(Self.refusal(of: document) { try $0.removeDatabase("DB2") } == .inUse(by: ["DB : WORKER"]))
        settings = DatabaseSettings(version: "8.29.6", nodes: [12], dataVolume: "DataVolume1")
        #expect(Self.refusal(of: document) { try $0.addDatabase("DB3", settings, using: &random) } == .missing)
        settings = DatabaseSettings(version: "8.29.6", nodes: [11], dataVolume: "ArchiveVolume1")
        #expect(Self.refusal(of: document) { try $0.addDatabase("DB3", settings, using: &random) } == .invalid)
        settings = DatabaseSettings(version: "8.29.6", nodes: [11], activeNodeCount: 2, dataVolume: "DataVolume1")
        #expect(Self.refusal(of: document) { try $0.addDatabase("DB3", settings, using: &random) } == .invalid)
        var change = DatabaseSettings()
        change.parameters = "-x=1 -y=2"
        try document.modifyDatabase("DB2", change)
        #expect(document.database(named: "DB2")?.parameters == "-x=1 -y=2")
    }

    @Test func schedulesKeepTheirRules() throws {
        var document = try Fixture.fresh()
        let weekly = ScheduleSettings(
            volume: "ArchiveVolume1", level: 0, fields: [.hour: "1", .weekday: "0"], expire: "1w 3d")
        try document.addSchedule("full", database: "DB1", weekly)
        let entries = try #require(document.section(at: .backup("full", database: "DB1"))).entries
        #expect(
            entries.map { "\($0.key)=\($0.value)" } == [
                "Enabled=True", "Volume=ArchiveVolume1", "Level=0", "Minute=0", "Hour=1", "Day=*", "Month=*",
                "Weekday=0",
                "Expire=1w 3d",
            ])
        #expect(Self.refusal(of: document) { try $0.addSchedule("full", database: "DB1", weekly) } == .exists)
        #expect(Self.refusal(of: document) { try $0.addSchedule("x", database: "no", weekly) } == .missing)
        let wrong: [(ScheduleSettings, EXAConfError.Code)] = [
            (ScheduleSettings(level: 10), .invalid), (ScheduleSettings(fields: [.hour: "24"]), .invalid),
            (ScheduleSettings(expire: "soon"), .invalid), (ScheduleSettings(volume: "nowhere"), .missing),
            (ScheduleSettings(volume: "DataVolume1"), .invalid),
        ]
        for (settings, code) in wrong {
            #expect(Self.refusal(of: document) { try $0.modifySchedule("full", database: "DB1", settings) } == code)
        }
        try document.modifySchedule("full", database: "DB1", ScheduleSettings(isEnabled: false))
        #expect(document.database(named: "DB1")?.backups.first?.isEnabled == false)
        try document.addSchedule("full", database: "DB1", kind: .snapshot, ScheduleSettings())
        #expect(document.database(named: "DB1")?.snapshots.count == 1)
        try document.removeSchedule("full", database: "DB1", kind: .snapshot)
        try document.removeSchedule("full", database: "DB1")
        #expect(try document == Fixture.fresh())
    }

    @Test func generalSettingsAreChecked() throws {
        var document = try Fixture.fresh()
        try document.setGeneral("XMLRPCPort", to: "4443")
        try document.setGeneral("SomethingNew", to: "x y")
        for (key, value) in [
            ("Revision", "1"), ("Checksum", "NONE"), ("XMLRPCPort", "0"), ("Networks", "public"), ("NameServers", "a"),
            ("Hugepages", "many"), ("LicenseRAWMEMWarnThreshold", "101"), ("EnableLoadBalancer", "maybe"),
            ("ClusterName", "a#b"), ("CoredSubnets", "x"), ("Platform", "toaster"), ("DBVersion", "new"),
        ] {
            #expect(Self.refusal(of: document) { try $0.setGeneral(key, to: value) } == .invalid, "\(key)")
        }
        try document.setLicenseFile("/exa/etc/other")
        #expect(document.global.licenseFile == "/exa/etc/other")
        #expect(Self.refusal(of: document) { try $0.setLicenseFile("other") } == .invalid)
        try document.setSSL(certificate: "/exa/etc/ssl/new.crt", verification: "optional")
        #expect(document.ssl.certificate == "/exa/etc/ssl/new.crt")
        #expect(document.ssl.key == "/exa/etc/ssl/ssl.key")
        #expect(Self.refusal(of: document) { try $0.setSSL(verification: "always") } == .invalid)
        try document.setLogging(rotationTypes: ["local"], backupCount: 5)
        #expect(document.logging.backupCount == 5)
        #expect(Self.refusal(of: document) { try $0.setLogging(remoteVolume: "nowhere") } == .missing)
    }
}
