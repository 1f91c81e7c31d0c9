import Access
import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct BucketJobTests {
    private let probe = Principal(name: "probe", roles: ["watchers"], userID: 2001)

    @Test func aNewBucketIsAnsweredWithTheFilesThatChange() throws {
        let trial = try JobTrial(
            .bucketAdd,
            [
                "bucket_name": "test", "bucketfs_name": "bfsdefault", "public": false, "read_password": "cHc=",
                "write_password": "plain text!", "additional_files": ["a:/b/*", "c:/d"],
            ])
        #expect(trial.output == ["/exa/etc/bucketfs.cfg", "/exa/etc/bucketfs_db.cfg"])
        #expect(
            trial.changes == [
                "+ [[Bucket : test]]", "+ ReadPasswd = cHc=", "+ WritePasswd = cGxhaW4gdGV4dCE=", "+ Public = False",
                "+ AdditionalFiles = a:/b/*,c:/d",
            ])
    }

    @Test func missingPasswordsAreMadeUp() throws {
        let trial = try JobTrial(.bucketAdd, ["bucket_name": "test", "bucketfs_name": "bfs2", "public": true])
        let bucket = try #require(trial.after.bucket(named: "test", service: "bfs2"))
        let (read, write) = (bucket.readPassword ?? "", bucket.writePassword ?? "")
        #expect(EncodedPassword.plain(read)?.utf8.count == 32)
        #expect(EncodedPassword.plain(write)?.utf8.count == 32)
        #expect(read != write)
    }

    @Test func aBucketThatExistsIsRefusedInKnownWords() throws {
        let error = try #require(
            refusal(of: .bucketAdd, ["bucket_name": "default", "bucketfs_name": "bfsdefault", "public": true]))
        #expect(error.code == .objectExists)
        #expect(
            JobResult(error).text
                == "JobError: ERROR::ConfD: Given bucket default already exists in bucketfs bfsdefault.")
    }

    @Test(arguments: ["cmVh#ZA==", "pässwörd", "#"])
    func aPasswordTheFileCannotHoldIsEncoded(password: String) throws {
        let parameters: [String: Value] = [
            "bucket_name": "models", "bucketfs_name": "bfs2", "public": false, "read_password": .string(password),
        ]
        let bucket = try JobTrial(.bucketModify, parameters).after.bucket(named: "models", service: "bfs2")
        #expect(EncodedPassword.plain(bucket?.readPassword ?? "") == password)
    }

    @Test(
        arguments: [
            ("read_password", ""), ("write_password", "a\nb"), ("additional_files", ["nolabel"]),
            ("additional_files", ["a:b#c"]), ("additional_files", ["a:b,c"]), ("bucket_name", "a/b"),
            ("bucket_name", "a:b"), ("public", "yes"),
        ] as [(String, Value)])
    func aBadValueIsRefusedByName(parameter: String, value: Value) throws {
        var parameters: [String: Value] = ["bucket_name": "test", "bucketfs_name": "bfsdefault", "public": true]
        parameters[parameter] = value
        let error = try #require(refusal(of: .bucketAdd, parameters))
        #expect(error.code == .parameterInvalid)
        #expect(error.faults.first?.pointer.hasPrefix("/params/\(parameter)") == true)
    }

    @Test func changingABucketTouchesItsLinesOnly() throws {
        let trial = try JobTrial(.bucketModify, ["bucket_name": "models", "bucketfs_name": "bfs2", "public": true])
        #expect(trial.output == nil)
        #expect(trial.changes == ["- Public = False", "+ Public = True"])
    }

    @Test(arguments: [JobDefinition.bucketModify, .bucketDelete])
    func aBucketThatIsNotThereIsMissing(definition: JobDefinition) throws {
        var parameters: [String: Value] = ["bucket_name": "none", "bucketfs_name": "bfs2"]
        if definition.name == "bucket_modify" { parameters["public"] = true }
        let error = try #require(refusal(of: definition, parameters))
        #expect(error.code == .objectMissing)
        #expect(error.message == "Given bucket none does not exist in bucketfs bfs2.")
        parameters["bucketfs_name"] = "none"
        #expect(refusal(of: definition, parameters)?.message == "Given bucketfs none does not exist.")
    }

    @Test func theOwnerOfTheServiceMayChangeItsBuckets() throws {
        let parameters: [String: Value] = ["bucket_name": "models", "bucketfs_name": "bfs2"]
        let trial = try JobTrial(.bucketDelete, parameters, as: probe)
        #expect(trial.after.bucket(named: "models", service: "bfs2") == nil)
        #expect(throws: JobError(.permissionDenied, "not permitted")) {
            try JobTrial(.bucketDelete, ["bucket_name": "default", "bucketfs_name": "bfsdefault"], as: probe)
        }
    }

    @Test func aServiceComesAndGoes() throws {
        let trial = try JobTrial(
            .bucketfsAdd,
            [
                "bucketfs_name": "bfs3", "http_port": "0", "https_port": 2600, "owner": ["probe", "watchers"],
                "sync_period": 20000, "mode": "rsync",
            ])
        let service = try #require(trial.after.bucketFSService(named: "bfs3"))
        #expect(service.owner == EXAConf.Owner(user: 2001, group: 2000))
        #expect(service.httpsPort == 2600)
        #expect(service.syncPeriod == "20000")
        #expect(EncodedPassword.plain(service.syncKey ?? "")?.utf8.count == 32)
        let back = try JobTrial(.bucketfsDelete, ["bucketfs_name": "bfs3"], on: trial.after)
        #expect(back.after == FixtureCluster.document)
    }

    @Test(
        arguments: [
            ("bucketfs_name", "bfs2", JobError.Code.objectExists), ("owner", [900, 500], .objectMissing),
            ("owner", ["nobody", 500], .objectMissing), ("owner", [500], .parameterInvalid),
            ("owner", [true, 500], .parameterInvalid), ("http_port", 70_000, .parameterInvalid),
            ("https_port", "x", .parameterInvalid), ("mode", "other", .parameterInvalid),
            ("sync_period", "soon", .parameterInvalid), ("path", "/a#b", .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aServiceThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters: [String: Value] = [
            "bucketfs_name": "bfs3", "http_port": 0, "https_port": 2600, "owner": [500, 500],
        ]
        parameters[parameter] = value
        #expect(refusal(of: .bucketfsAdd, parameters)?.code == code)
    }

    @Test func ownerAndPortsOfAServiceAreWrittenInTheFormOfTheFile() throws {
        let trial = try JobTrial(
            .bucketfsModify, ["bucketfs_name": "bfs2", "owner": [500, 500], "https_port": "2601"])
        #expect(
            trial.changes == [
                "- Owner = 2001 : 2000", "+ Owner = 500 : 500", "- HttpsPort = 2590", "+ HttpsPort = 2601",
            ])
        #expect(refusal(of: .bucketfsModify, ["bucketfs_name": "none"])?.code == .objectMissing)
        #expect(refusal(of: .bucketfsDelete, ["bucketfs_name": "none"])?.code == .objectMissing)
    }

    @Test func aServiceIsShownWithItsBuckets() throws {
        #expect(try JobTrial(.bucketfsList).output == ["bfsdefault", "bfs2"])
        let service = try #require(try JobTrial(.bucketfsInfo, ["bucketfs_name": "bfsdefault"]).output)
        #expect(
            service.map?.keys.sorted() == [
                "_sec_name", "buckets", "bucketvolume", "http_port", "https_port", "mode", "name", "owner", "sync_key",
                "sync_period",
            ])
        #expect(service["_sec_name"] == "BucketFS : bfsdefault")
        #expect(service["bucketvolume"] == "None")
        #expect(service["sync_period"] == "30000")
        #expect(service["owner"] == [500, 500])
        #expect(service["https_port"] == 2581)
        let bucket = service["buckets"]?["default"]
        #expect(
            bucket?.map?.keys.sorted() == [
                "_sec_name", "additional_files", "name", "public", "read_passwd", "write_passwd",
            ])
        #expect(bucket?["_sec_name"] == "Bucket : default")
        #expect(refusal(of: .bucketfsInfo, ["bucketfs_name": "none"])?.code == .objectMissing)
    }
}
