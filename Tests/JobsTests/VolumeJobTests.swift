import Access
import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct VolumeJobTests {
    @Test func aRemoteVolumeIsAnsweredWithOwnerAndFile() throws {
        let root = Principal(name: "root", roles: ["root"], userID: 0)
        let trial = try JobTrial(
            .remoteVolumeAdd,
            ["vol_type": "s3", "url": "https://bucket.example.com", "username": "me", "password": "secret"], as: root)
        #expect(trial.output == [["r0006", "root", "/exa/etc/remote_volumes/root.0.conf"]])
        #expect(
            trial.changes.filter { $0 != "+ " } == [
                "+ # An EXAStorage remote volume", "+ [RemoteVolume : r0006]", "+ Type = s3", "+ ID = 10006",
                "+ URL = https://bucket.example.com", "+ Owner = 0 : 0", "+ Username = me",
                "+ Passwd = \(EncodedPassword.stored("secret"))",
            ])
    }

    @Test func theCallerOwnsANewVolume() throws {
        let trial = try JobTrial(.remoteVolumeAdd, ["vol_type": "ftp", "url": "ftp://host/"])
        #expect(trial.output == [["r0006", "admin", "/exa/etc/remote_volumes/admin.1000.conf"]])
        let stranger = Principal(name: "stranger", roles: ["exaadm"], userID: 7)
        #expect(throws: JobError.self) {
            try JobTrial(.remoteVolumeAdd, ["vol_type": "ftp", "url": "ftp://host/"], as: stranger)
        }
    }

    @Test(arguments: [
        ("smb", "smb"), ("ftp", "ftp"), ("sftp", "sftp"), ("webhdfs", "http"), ("webdav", "https"), ("file", "file"),
        ("s3", "https"), ("gs", "gs"), ("azure", "https"),
    ])
    func everyDocumentedKindIsTaken(kind: String, scheme: String) throws {
        let trial = try JobTrial(
            .remoteVolumeAdd,
            [
                "vol_type": .string(kind), "url": .string("\(scheme)://host/a%20b"), "owner": [500, 500],
                "username": "u", "password": "p",
            ])
        #expect(trial.after.remoteVolume(named: "r0006")?.type == kind)
    }

    @Test(
        arguments: [
            ("ftp", "s3://x/y", "", "", "url"), ("s3", "ftp://x/y", "", "", "url"), ("sftp", "x/y", "u", "p", "url"),
            ("webdav", "http:///y", "", "", "url"), ("ftp", "ftp://x/%zz", "", "", "url"),
            ("ftp", "ftp://x/%ff", "", "", "url"), ("ftp", "ftp://x:70000/", "", "", "url"),
            ("ftp", "ftp://x:y/", "", "", "url"), ("sftp", "sftp://x/", "", "", "username"),
            ("sftp", "sftp://x/", "u", "", "password"), ("smb", "smb://x/y", "", "p", "username"),
            ("ftp", "ftp://x/", "u", "", "password"), ("ftp", "ftp://x/", "", "p", "username"),
            ("webdav", "http://x/", "u", "", "password"), ("s3", "s3://x/", "", "p", "username"),
            ("azure", "https://a.blob.core.windows.net/c", "a", "", "password"), ("gs", "gs://x/", "", "", "password"),
        ])
    func aStoreThatCanNeverBeReachedIsRefusedByParameter(
        kind: String, url: String, user: String, password: String, parameter: String
    ) {
        var parameters: [String: Value] = ["vol_type": .string(kind), "url": .string(url), "owner": [500, 500]]
        if !user.isEmpty { parameters["username"] = .string(user) }
        if !password.isEmpty { parameters["password"] = .string(password) }
        #expect(refusal(of: .remoteVolumeAdd, parameters)?.faults.map(\.pointer) == ["/params/\(parameter)"])
    }

    @Test(arguments: ["http://127.0.0.1:1/x", "http://LOCALHOST/", "http://[fe80::1]/x", "http://u@169.254.169.254/"])
    func aStoreOfTheNodesThemselvesIsDeclined(url: String) {
        let told = refusal(of: .remoteVolumeAdd, ["vol_type": "webdav", "url": .string(url), "owner": [500, 500]])
        #expect(told?.faults.map(\.pointer) == ["/params/url"])
        #expect(told?.message.contains("archives.local_addresses: ") == true)
    }

    @Test(arguments: ["", "anonymous", "ftp"])
    func ftpIsAnonymousWithoutAPassword(user: String) throws {
        var parameters: [String: Value] = ["vol_type": "ftp", "url": "ftp://x/y", "owner": [500, 500]]
        if !user.isEmpty { parameters["username"] = .string(user) }
        #expect(try JobTrial(.remoteVolumeAdd, parameters).after.remoteVolume(named: "r0006")?.url == "ftp://x/y")
    }

    @Test func nameAndIDAreBothTaken() throws {
        let trial = try JobTrial(
            .remoteVolumeAdd,
            [
                "vol_type": "s3", "url": "https://x", "owner": ["probe", 2000], "remote_volume_name": "new",
                "remote_volume_id": "10077", "options": ["cleanvolume", "timeout=30"], "labels": ["a", "b"],
                "s3_access_key": "AK", "s3_secret_key": "sk!",
            ])
        let volume = try #require(trial.after.remoteVolume(named: "new"))
        #expect(volume.id == 10_077)
        #expect(volume.options == "cleanvolume,timeout=30")
        #expect(volume.labels == ["a", "b"])
        #expect(volume.username == "AK")
        #expect(volume.password == "sk!")
    }

    @Test(
        arguments: [
            ("remote_volume_name", "office", JobError.Code.objectExists),
            ("remote_volume_name", "cloud", .objectExists),
            ("remote_volume_name", "DataVolume1", .objectExists), ("remote_volume_id", 10_005, .objectExists),
            ("remote_volume_id", 5, .parameterInvalid), ("vol_type", "nfs", .parameterInvalid),
            ("url", "", .parameterInvalid), ("url", "http://a#b", .parameterInvalid),
            ("options", ["fast"], .parameterInvalid), ("options", ["timeout="], .parameterInvalid),
            ("owner", [9, 9], .objectMissing), ("labels", [1], .parameterInvalid),
            ("labels", ["a,b"], .parameterInvalid),
            ("username", "a\nb", .parameterInvalid), ("password", "", .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aRemoteVolumeThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters: [String: Value] = ["vol_type": "s3", "url": "https://x", "owner": [500, 500]]
        parameters[parameter] = value
        #expect(refusal(of: .remoteVolumeAdd, parameters)?.code == code)
    }

    @Test func remoteVolumesAreShown() throws {
        #expect(try JobTrial(.remoteVolumeList).output == ["office"])
        let expected: Value = [
            "name": "office", "type": "smb", "vid": "10005", "url": "smb://10.10.10.250/share", "owner": [2001, 2000],
            "username": "backup", "password": "not-real!", "options": "nocompression",
        ]
        #expect(try JobTrial(.remoteVolumeInfo, ["remote_volume_name": "office"]).output == expected)
        #expect(try JobTrial(.remoteVolumeInfo, ["remote_volume_id": 10_005]).output == expected)
        #expect(try JobTrial(.remoteVolumeInfo, ["remote_volume_id": "10005"]).output == expected)
        #expect(try JobTrial(.remoteVolumeListDetails).output == [expected])
        #expect(refusal(of: .remoteVolumeInfo, ["remote_volume_name": "none"])?.code == .objectMissing)
    }

    @Test func theOwnerMayRemoveARemoteVolume() throws {
        let probe = Principal(name: "probe", roles: ["watchers"], userID: 2001)
        let trial = try JobTrial(.remoteVolumeRemove, ["remote_volume_id": 10_005], as: probe)
        #expect(trial.after.remoteVolumes.isEmpty)
        #expect(trial.changes.allSatisfy { $0.hasPrefix("-") })
    }

    @Test func aRemoteVolumeInUseStays() throws {
        var document = FixtureCluster.document
        try document.addSchedule("daily", database: "DB1", ScheduleSettings(volume: "office", level: 1))
        #expect(refusal(of: .remoteVolumeRemove, ["remote_volume_name": "office"], on: document)?.code == .objectBusy)
        #expect(refusal(of: .remoteVolumeRemove, ["remote_volume_name": "none"])?.code == .objectMissing)
    }

    @Test func anObjectVolumeComesAndGoes() throws {
        let trial = try JobTrial(
            .objectVolumeAdd,
            [
                "name": "cloud2", "vol_type": "s3", "bucket": "b1", "region": "eu", "credentials": "root",
                "owner": ["probe", "watchers"], "priority": "5", "shared": false, "permissions": "rw", "prefix": "p/",
            ])
        #expect(
            try JobTrial(.objectVolumeInfo, ["name": "cloud2"], on: trial.after).output == [
                "name": "cloud2", "type": "s3", "bucket": "b1", "region": "eu", "credentials": "root",
                "owner": [2001, 2000], "priority": 5, "shared": false, "permissions": "rw", "prefix": "p/",
            ])
        #expect(try JobTrial(.objectVolumeList, on: trial.after).output == ["cloud", "cloud2"])
        let back = try JobTrial(.objectVolumeRemove, ["name": "cloud2"], on: trial.after)
        #expect(back.after == FixtureCluster.document)
    }

    @Test(
        arguments: [
            ("name", "office", JobError.Code.objectExists), ("name", "DataVolume1", .objectExists),
            ("vol_type", "tape", .parameterInvalid), ("priority", "high", .parameterInvalid),
            ("priority", "21", .parameterInvalid), ("permissions", "all", .parameterInvalid),
            ("credentials", "guess", .parameterInvalid), ("owner", [1, 2], .objectMissing),
            ("bucket", "a#b", .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func anObjectVolumeThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters: [String: Value] = ["name": "cloud2", "vol_type": "s3", "bucket": "b1", "region": "eu"]
        parameters[parameter] = value
        #expect(refusal(of: .objectVolumeAdd, parameters)?.code == code)
    }

    @Test func anObjectVolumeInUseStays() throws {
        var document = FixtureCluster.document
        var settings = DatabaseSettings()
        settings.cloudDataVolume = "cloud"
        try document.modifyDatabase("DB1", settings)
        #expect(refusal(of: .objectVolumeRemove, ["name": "cloud"], on: document)?.code == .objectBusy)
        #expect(refusal(of: .objectVolumeRemove, ["name": "none"])?.code == .objectMissing)
        #expect(refusal(of: .objectVolumeInfo, ["vol_id": 3])?.code == .objectMissing)
    }
}
