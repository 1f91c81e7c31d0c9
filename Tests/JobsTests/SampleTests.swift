import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Jobs on the public sample configurations, from 6.0 to 8.29.
@Suite(.enabled(if: !SharedFolder.samples.isEmpty))
struct SampleTests {
    @Test(arguments: SharedFolder.samples)
    func everyReadJobAnswersInItsShape(name: String) throws {
        let document = try #require(try SharedFolder.sample(name))
        let nodes = try #require(try JobTrial(.nodeList, on: document).output?.map)
        for (id, node) in nodes {
            #expect(node["id"] == .string(id))
            for key in ["name", "uuid", "private_net", "docker_volume"] {
                #expect(node[key]?.string?.isEmpty == false, "\(key)")
            }
            #expect(node["disks"]?.map?.isEmpty == false)
            #expect(node["exposed_ports"]?.list?.allSatisfy { $0.list?.count == 2 } == true)
        }
        for key in try JobTrial(.nodeState, on: document).output?.map?.keys.sorted() ?? [] {
            #expect(key == "booted" || nodes[key] != nil)
        }
        for database in document.databases.map(\.name) {
            let info = try #require(try JobTrial(.dbInfo, ["db_name": .string(database)], on: document).output)
            #expect(info["config"]?["owner"]?.list?.count == 2)
            #expect(info["config"]?["port"]?.int != nil)
            #expect(info["config"]?["jdbc"]?["bucketfs"] == "bfsdefault")
            #expect(info["nodes"]?["active"]?.list?.isEmpty == false)
        }
        for service in document.bucketFSServices.map(\.name) {
            let info = try #require(
                try JobTrial(.bucketfsInfo, ["bucketfs_name": .string(service)], on: document).output)
            #expect(info["http_port"]?.int != nil)
            #expect(info["sync_period"]?.string != nil)
            #expect(info["buckets"]?["default"]?["public"] == true)
        }
        let users = try #require(try JobTrial(.userList, on: document).output?.map)
        #expect(users.count == document.users.count)
        let settings = try #require(try JobTrial(.settingsList, on: document).output)
        #expect(settings["Global"]?["ClusterName"]?.string?.isEmpty == false)
        #expect(settings["Global"]?["AuthenticationToken"].map { $0 == "***" } ?? true)
    }

    @Test func theThreeNodeSampleIsShownAsDocumented() throws {
        guard let name = SharedFolder.samples.first(where: { $0.contains("three-nodes") }),
            let document = try SharedFolder.sample(name)
        else { return }
        #expect(try JobTrial(.remoteVolumeList, on: document).output == ["r0001", "office_nas"])
        #expect(
            try JobTrial(.remoteVolumeInfo, ["remote_volume_name": "r0001"], on: document).output == [
                "name": "r0001", "type": "s3", "vid": "10001", "owner": [500, 500], "username": "AKIAEXAMPLE",
                "password": "not-a-real-secret!", "options": "nocompression",
                "url": "https://backup-bucket.s3.eu-west-1.amazonaws.com/prod",
            ])
        let info = try JobTrial(.dbInfo, ["db_name": "DB1"], on: document).output
        #expect(info?["config"]?["backups"]?["full_weekly"]?["expire"] == 864_000)
        #expect(info?["config"]?["mem_size"] == 6144)
        #expect(info?["nodes"]?["active"] == ["n11", "n12", "n13"])
        #expect(try JobTrial(.groupList, on: document).output?["monitoring"] == ["id": 2000])
    }

    @Test(arguments: SharedFolder.samples)
    func changesTouchOnlyTheirOwnLines(name: String) throws {
        let document = try #require(try SharedFolder.sample(name))
        let service = try #require(document.bucketFSServices.first).name
        let database = try #require(document.databases.first).name
        let bucket: [String: Value] = ["bucket_name": "default", "bucketfs_name": .string(service), "public": false]
        let cases: [(JobDefinition, [String: Value], Int)] = [
            (.bucketModify, bucket, 2),
            (.bucketAdd, bucket.merging(["bucket_name": "fresh"]) { $1 }, 4),
            (.bucketfsModify, ["bucketfs_name": .string(service), "https_port": 2999], 2),
            (.generalSettings, ["changes": ["Global": ["NameServers": "4.4.4.4"]]], 2),
            (.affinityReset, [:], 0),
        ]
        for (definition, parameters, count) in cases {
            let trial = try JobTrial(definition, parameters, on: document)
            #expect(trial.changes.count == count, "\(definition.name): \(trial.changes)")
        }
        if !document.users.isEmpty {
            let user = try JobTrial(.userModify, ["username": "root", "login_enabled": false], on: document)
            #expect(user.changes == ["- LoginEnabled = True", "+ LoginEnabled = False"])
            let group = try JobTrial(.groupCreate, ["groupname": "testers", "groupid": 4242], on: document)
            #expect(group.changes == ["+ [[testers]]", "+ ID = 4242"])
        }
        let volumes: [String: Value] = ["vol_type": "ftp", "url": "ftp://host/", "owner": [0, 0]]
        let remote = try JobTrial(.remoteVolumeAdd, volumes, on: document)
        #expect(remote.changes.allSatisfy { $0.hasPrefix("+") })
        let schedule: [String: Value] = [
            "db_name": .string(database), "backup_name": "nightly", "level": 0,
            "backup_volume_name": remote.output?.list?.first?.list?.first ?? "",
        ]
        let backup = try JobTrial(.dbBackupAddSchedule, schedule, on: remote.after)
        #expect(backup.changes.allSatisfy { $0.hasPrefix("+") })
        #expect(backup.changes.count == 9)
        let gone = try JobTrial(
            .dbBackupRemoveSchedule, schedule.filter { $0.key != "level" && $0.key != "backup_volume_name" },
            on: backup.after)
        #expect(gone.after == remote.after)
    }
}
