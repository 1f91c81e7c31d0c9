import Access
import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Jobs on nodes as a whole, on logs and on plugins.
struct ClusterJobTests {
    @Test func clonesGetTheDisksOfTheModelAndTheNextAddresses() throws {
        let trial = try JobTrial(.nodeCloneBatch, ["nid": 12, "num_nodes": 2])
        #expect(trial.output == [14, 15])
        #expect(trial.after.node(id: 14)?.privateNet?.description == "10.10.10.14/24")
        #expect(trial.after.node(id: 15)?.privateNet?.description == "10.10.10.15/24")
        let model = try #require(trial.after.node(id: 12))
        for id in [14, 15] {
            let node = try #require(trial.after.node(id: id))
            #expect(node.disks.map(\.name) == model.disks.map(\.name))
            #expect(node.disks.map(\.devices) == model.disks.map(\.devices))
            #expect(node.state == "suspended" && node.uuid != model.uuid)
        }
        #expect(!trial.changes.contains { $0.hasPrefix("-") })
    }

    @Test func aFullNetworkAndAnUnknownDiskRefuseTheBatch() throws {
        let full = try JobTrial(.nodeIpBatch, ["nodes": [["nid": 13, "private": "10.10.10.253"]]]).after
        #expect(try JobTrial(.nodeCloneBatch, ["nid": 11, "num_nodes": 1], on: full).output == [14])
        #expect(refusal(of: .nodeCloneBatch, ["nid": 11, "num_nodes": 2], on: full)?.code == .unsupported)
        #expect(refusal(of: .nodeCloneBatch, ["nid": 11, "num_nodes": 1, "disks": ["d9"]])?.code == .objectMissing)
        #expect(refusal(of: .nodeCloneBatch, ["nid": 99, "num_nodes": 1])?.code == .objectMissing)
    }

    @Test func nodesCanSwapTheirAddresses() throws {
        let nodes: Value = [["nid": 12, "private": "10.10.10.13"], ["nid": 13, "private": "10.10.10.12/24"]]
        let trial = try JobTrial(.nodeIpBatch, ["nodes": nodes])
        #expect(trial.after.node(id: 12)?.privateNet?.description == "10.10.10.13/24")
        #expect(trial.after.node(id: 13)?.privateNet?.description == "10.10.10.12/24")
    }

    @Test(
        arguments: [
            ([["nid": 12, "private": "10.10.10.13"]], .objectExists),
            ([["nid": 99, "private": "1.2.3.4"]], .objectMissing),
            ([["nid": 12, "private": "10.99.0.1"]], .parameterInvalid),
            ([["nid": 12, "private": "x"]], .parameterInvalid),
            ([["nid": 12]], .parameterMissing), (["n12"], .parameterInvalid), ([], .parameterInvalid),
        ] as [(Value, JobError.Code)])
    func addressesThatCannotBeAreRefused(nodes: Value, code: JobError.Code) {
        #expect(refusal(of: .nodeIpBatch, ["nodes": nodes])?.code == code)
    }

    @Test func nodesThatAreAsTheyShallBeAreToldAtOnceAndOthersAreNotWaitedFor() throws {
        #expect(try JobTrial(.nodeWaitReady, ["nids": [11, 12]]).output == [11, 12])
        #expect(try JobTrial(.nodeWaitOffline, ["nids": [13]]).output == [13])
        let error = try #require(refusal(of: .nodeWaitReady, ["nids": [12, 13], "timeout": 5]))
        #expect(error.code == .unsupported && error.details["nodes"] == [13])
        #expect(refusal(of: .nodeWaitOffline, ["nids": [11]])?.code == .unsupported)
        #expect(refusal(of: .nodeWaitReady, ["nids": [99]])?.code == .objectMissing)
    }

    @Test func onlyOtherNodesThatCanBeReachedAreTerminated() throws {
        let trial = try JobTrial(.nodesTerminate, ["nids": [12]])
        #expect(trial.plan?.commands.map(\.action) == ["node.terminate"])
        #expect(trial.plan?.commands.map(\.node) == [12])
        #expect(refusal(of: .nodesTerminate, ["nids": [11]])?.code == .objectBusy)
        #expect(refusal(of: .nodesTerminate, ["nids": [13]])?.details["nodes"] == [13])
    }

    @Test(
        arguments: [
            ("10.10.10.12", 12), ("::ffff:10.10.10.13", 13), ("127.0.0.1", 11), ("::1", 11), ("192.0.2.1", nil),
            ("", nil),
        ] as [(String, Int?)])
    func aCallerIsTheNodeOfHisAddress(address: String, node: Int?) throws {
        guard case .answer(let work) = JobDefinition.connGetRemoteNid.work else { throw JobError(.internal, "") }
        var context = JobContext(
            id: JobID(node: 11, number: 1), principal: FixtureCluster.administrator, arguments: Arguments(),
            document: FixtureCluster.document, cluster: FixtureCluster.status, now: FixtureCluster.now,
            random: .counting())
        context.address = address
        #expect((try? work(context))?.int == node)
    }

    @Test func aPluginIsKeptWithItsPlaceAndTakenOut() throws {
        let trial = try JobTrial(.pluginAdd, ["plugin_name": "Plugin1"])
        #expect(
            trial.changes == [
                "+ ", "+ [Plugin: Plugin1]", "+ BucketFS = bfsdefault", "+ Bucket = default", "+ Dir = plugins",
            ])
        let command = try #require(trial.plan?.commands.first)
        #expect(command.action == "plugin.install" && command.undo == "plugin.remove")
        #expect(command.arguments["folder"]?.string?.hasSuffix("/default/plugins") == true)
        #expect(try JobTrial(.pluginList, on: trial.after).output == ["Plugin1"])
        #expect(
            try JobTrial(.pluginInfo, ["plugin_name": "Plugin1"], on: trial.after).output == [
                "name": "Plugin1", "bucketfs_name": "bfsdefault", "bucket_name": "default", "dir": "plugins",
            ])
        #expect(refusal(of: .pluginAdd, ["plugin_name": "Plugin1"], on: trial.after)?.code == .objectExists)
        let removed = try JobTrial(.pluginRemove, ["plugin_name": "Plugin1"], on: trial.after)
        #expect(try JobTrial(.pluginList, on: removed.after).output == [])
        #expect(removed.plan?.commands.first?.action == "plugin.remove")
    }

    @Test func aBucketThatIsNotThereIsMadeForAPlugin() throws {
        let trial = try JobTrial(.pluginAdd, ["plugin_name": "p", "bucketfs_name": "bfs2", "bucket_name": "own"])
        #expect(trial.after.bucket(named: "own", service: "bfs2")?.isPublic == false)
        #expect(refusal(of: .pluginAdd, ["plugin_name": "../p"])?.code == .parameterInvalid)
        #expect(refusal(of: .pluginAdd, ["plugin_name": "p", "bucketfs_name": "none"])?.code == .objectMissing)
        #expect(refusal(of: .pluginInfo, ["plugin_name": "p"])?.code == .objectMissing)
    }

    @Test func logsAreAskedForByTimeAndPriority() throws {
        let event: Value = ["time": "a", "service": "ConfD", "priority": "ERR", "text": "b"]
        let trial = try JobTrial(
            .logCollect,
            [
                "services": ["ConfD"], "start_time": "2019-01-04 13:13:00", "stop_time": "2019-01-04 13:15:00",
                "error_level": "ERR, warn", "nodes": [11],
            ], answers: [[event]])
        let arguments = try #require(trial.plan?.commands.first?.arguments)
        #expect(arguments["from"] == 1_546_607_580_000 && arguments["until"] == 1_546_607_700_000)
        #expect(arguments["levels"] == ["ERR", "WARN"])
        let told: [String: Value] = ["node": 11, "timestamp": "a", "message": "b"]
        #expect(trial.output == [.map((event.map ?? [:]).merging(told) { $1 })])
        let severe = try JobTrial(
            .logCollect, ["services": ["ConfD"], "error_level": "NOTICE", "nodes": ["n11", "11"]])
        #expect(severe.plan?.commands.map(\.node) == [11])
        #expect(severe.plan?.commands.first?.arguments["levels"] == ["ERR", "WARN", "NOTICE"])
        let recent = try JobTrial(.logCollect, ["services": ["ConfD"]])
        #expect(recent.plan?.commands.first?.arguments["from"] == .int(1_800_000_000_000 - 600_000))
    }

    @Test(
        arguments: [
            ("default_interval", "soon", .parameterInvalid), ("start_time", "yesterday", .parameterInvalid),
            ("start_time", "2200-01-01 00:00:00", .parameterInvalid), ("error_level", "LOUD", .parameterInvalid),
            ("tag", "../x", .parameterInvalid), ("nodes", [13], .objectBusy), ("nodes", [99], .objectMissing),
            ("dbs", ["DB9"], .objectMissing),
        ] as [(String, Value, JobError.Code)])
    func logsThatCannotBeAskedForAreRefused(parameter: String, value: Value, code: JobError.Code) {
        #expect(refusal(of: .logCollect, ["services": ["ConfD"], parameter: value])?.code == code)
    }

    /// Three members, of which node 13 is away.
    private static var cluster: ClusterStatus {
        var status = FixtureCluster.status
        for node in 11...13 {
            var member = ClusterStatus.Member(
                id: "m\(node)", address: "10.10.10.\(node)", port: 20003, peerPort: 20381)
            member.isPresent = node != 13
            status.members[node] = member
        }
        return status
    }

    private static func event(_ time: String) -> Value {
        ["time": .string(time), "service": "ConfD", "priority": "INFO", "text": "said"]
    }

    @Test func logsOfSeveralNodesAreOneListThatNamesThoseThatAreMissing() throws {
        let silent = Unanswered(JobError(.jobTimedOut, "It did not answer in time.")).value
        let told: Value = [Self.event("2026-01-01T00:00:02.000Z"), Self.event("2026-01-01T00:00:04.000Z")]
        let trial = try JobTrial(
            .logCollect, ["services": ["ConfD"]], cluster: Self.cluster,
            answers: [told, [Self.event("2026-01-01T00:00:03.000Z")]])
        let commands = try #require(trial.plan?.commands)
        #expect(commands.map(\.node) == [11, 12] && commands.allSatisfy(\.isOptional))
        #expect(commands.map { $0.deadline } == [.seconds(120), .seconds(5)], "others are waited for as by any look")
        #expect(commands.map { $0.arguments["bytes"] } == [500_000, 500_000])
        let events = try #require(trial.output?.list)
        #expect(events.map { $0["node"] } == [11, 12, 11, 13])
        #expect(events.last?["priority"] == "ERR")
        #expect(events.last?["text"] == "The logs of node 13 are not among these: It is away.")
        let alone = try JobTrial(
            .logCollect, ["services": ["ConfD"]], cluster: Self.cluster, answers: [told, silent]
        ).output
        #expect(alone?.list?.map { $0["node"] } == [11, 11, 12, 13])
        #expect(alone?.list?[2]["message"]?.string?.contains("did not answer in time") == true)
        let chosen = try JobTrial(
            .logCollect, ["services": ["ConfD"], "nodes": [13, "n11"]], cluster: Self.cluster, answers: [told])
        #expect(chosen.plan?.commands.map(\.node) == [11] && chosen.plan?.commands.first?.isOptional == false)
        #expect(chosen.output?.list?.map { $0["node"] } == [11, 11, 13])
    }

    @Test func aNodeWithoutALogIsMissedWhenNobodyHasIt() throws {
        let none = Unanswered(JobError(.unsupported, "None of these services writes a log on this node.")).value
        let some = try JobTrial(
            .logCollect, ["services": ["DWAd"], "nodes": [11, 12]], cluster: Self.cluster,
            answers: [none, [Self.event("2026-01-01T00:00:02.000Z")]])
        #expect(some.output?.list?.map { $0["node"] } == [12])
        #expect(throws: JobError(.unsupported, "None of these services writes a log on this node.")) {
            try JobTrial(
                .logCollect, ["services": ["DWAd"], "nodes": [11, 12]], cluster: Self.cluster, answers: [none, none])
        }
        let many = Unanswered(JobError(.parameterInvalid, "Too many.")).value
        #expect(throws: JobError(.parameterInvalid, "Too many.")) {
            try JobTrial(.logCollect, ["services": ["ConfD"]], cluster: Self.cluster, answers: [[], many])
        }
    }

    @Test func archivesOfSeveralNodesNameThoseThatHaveNone() throws {
        let made: Value = ["path": "p", "bytes": 7]
        let lost = Unanswered(JobError(.jobFailed, "Node 12 was lost.")).value
        let trial = try JobTrial(.debugCollect, cluster: Self.cluster, answers: [made, lost])
        #expect(trial.plan?.commands.allSatisfy { $0.isOptional && $0.undo == "debug.remove" } == true)
        #expect(
            trial.output == [
                ["node": 11, "path": "p", "bytes": 7], ["node": 12, "reason": "Node 12 was lost."],
                ["node": 13, "reason": "It is away."],
            ])
        #expect(throws: JobError(.jobFailed, "Node 12 was lost.")) {
            try JobTrial(.debugCollect, cluster: Self.cluster, answers: [lost, lost])
        }
    }

    @Test func anArchiveGoesIntoABucketOrAnArchiveVolume() throws {
        let bucket = try JobTrial(
            .debugCollect, ["outfile": "/exa/data/bucketfs/bfsdefault/default/cases/7.tar.gz", "nodes": [11]])
        let command = try #require(bucket.plan?.commands.first)
        #expect(command.undo == nil)
        #expect(command.arguments["path"] == "/exa/data/bucketfs/bfsdefault/default/cases/7.tar.gz")
        #expect(
            command.arguments["place"] == ["service": "bfsdefault", "bucket": "default", "name": "cases/7.tar.gz"])
        for outfile in ["remote:ArchiveVolume1,cases/7.tar.gz", "remote:ArchiveVolume1,/cases/7.tar.gz"] {
            let commands = try #require(try JobTrial(.debugCollect, ["outfile": .string(outfile)]).plan?.commands)
            #expect(commands.map { $0.arguments["place"] } == ["cases/7-n11.tar.gz", "cases/7-n12.tar.gz"])
            #expect(commands.first?.arguments["archive"]?["name"] == "ArchiveVolume1")
        }
    }

    @Test func anArchiveIsMadeOnEveryNodeThatCanBeReached() throws {
        let parameters: [String: Value] = [
            "debug_info": ["Coredumps"], "start_date": "2026-01-01", "end_date": "2026-01-01", "only_open_files": true,
            "nodes": [11],
        ]
        let trial = try JobTrial(.debugCollect, parameters, answers: [["path": "p", "bytes": 7]])
        let command = try #require(trial.plan?.commands.first)
        #expect(command.undo == "debug.remove" && command.deadline == .seconds(1800))
        #expect(command.arguments["path"] == "/exa/spool/debug/debug-11.1.tar.gz")
        #expect(command.arguments["kinds"] == ["coredumps"] && command.arguments["files"] == "open")
        let span = (command.arguments["until"]?.int ?? 0) - (command.arguments["from"]?.int ?? 0)
        #expect(span == 86_400_000)
        #expect(trial.output == [["path": "p", "bytes": 7, "node": 11]])
        #expect(try JobTrial(.debugCollect).plan?.commands.map(\.node) == [11, 12])
    }

    @Test(
        arguments: [
            (["backtraces": ["ETL JDBC Jobs"]], .unsupported), (["outfile": "remote:nobodys,/a"], .objectMissing),
            (["outfile": "remote:ArchiveVolume1"], .parameterInvalid),
            (["outfile": "remote:ArchiveVolume1,a/../b"], .parameterInvalid),
            (["outfile": "/exa/data/bucketfs/bfsdefault/default"], .parameterInvalid),
            (["outfile": "/exa/data/bucketfs/bfsdefault/nobodys/a.tar.gz"], .parameterInvalid),
            (["outfile": "/exa/etc/EXAConf"], .parameterInvalid),
            (["outfile": "/exa/spool/debug/../../etc/x.tar.gz"], .parameterInvalid),
            (["debug_info": ["gossip"]], .parameterInvalid), (["exasolution_logs": ["DB9"]], .objectMissing),
            (["exasolution_log_type": ["Session 5"]], .unsupported),
            (["only_open_files": true, "no_open_files": true], .parameterInvalid),
            (["start_date": "2026-02-01", "end_date": "2026-01-01"], .parameterInvalid),
            (["start_date": "01.02.2026"], .parameterInvalid), (["nodes": [13]], .objectBusy),
        ] as [([String: Value], JobError.Code)])
    func archivesThatCannotBeMadeAreRefused(parameters: [String: Value], code: JobError.Code) {
        #expect(refusal(of: .debugCollect, parameters)?.code == code)
    }
}
