import Access
import EXAConf
import Foundation
import JobEngine
import Jobs
import Support
import Testing
import Values

struct StorageJobTests {
    static let gibibyte = 1 << 30

    /// What a node with both volumes of the fixture answers when it is looked at.
    private func look(
        locked: Bool = false, disabled: Bool = false, suspended: Bool = false, present: Bool = true
    ) -> Value {
        func volume(_ id: Int, _ bytes: Int) -> Value {
            [
                "id": .int(id), "locked": .bool(locked), "app_io": true, "int_io": true, "forced_level": 0,
                "segments": ["0": ["bytes": .int(bytes), "disabled": .bool(disabled), "present": .bool(present)]],
            ]
        }
        return [
            "pid": 4711, "free": .int(80 * Self.gibibyte), "total": .int(100 * Self.gibibyte),
            "settings": ["suspended": .bool(suspended)],
            "devices": [
                "dev.1": [
                    "disk": "disk1", "size": .int(100 * Self.gibibyte), "free": .int(88 * Self.gibibyte),
                    "sector_size": 4096, "disabled": .bool(disabled), "read_only": false, "use_crc": true,
                    "sync_crc": true, "errors": 0,
                ]
            ],
            "volumes": ["DataVolume1": volume(0, 4 * Self.gibibyte), "ArchiveVolume1": volume(1, 8 * Self.gibibyte)],
        ]
    }

    private func info(_ look: Value) throws -> Value {
        let trial = try JobTrial(.stVolumeInfo, ["vname": "DataVolume1"], answers: [look])
        return try #require(trial.output)
    }

    private func create(_ changes: [String: Value?] = [:]) -> [String: Value] {
        let base: [String: Value] = [
            "disk": "disk1", "name": "new", "nodes": [11], "redundancy": 1, "size": "1 GiB", "type": "data",
        ]
        return base.merging(changes.compactMapValues { $0 }) { _, new in new }
    }

    @Test func aVolumeIsShownWithEveryDocumentedMember() throws {
        let expected: Value = [
            "app_io_enabled": true, "block_distribution": "vertical", "block_size": "4 KiB", "bytes_per_block": 4096,
            "group": 500, "hdd_type": "disk1", "hdds_per_node": 1, "id": "0", "int_io_enabled": true,
            "labels": ["#Name#DataVolume1", "pub:DB1_persistent"], "name": "DataVolume1",
            "nodes_list": [["id": 11, "unrecovered_segments": 0]], "num_master_nodes": 1, "owner": 500,
            "permissions": "rwx------", "priority": 10, "redundancy": 1,
            "segments": [
                [
                    "end_block": "1048575", "index": "0", "nid": 0, "partitions": [], "phys_nid": 11, "sid": "0",
                    "start_block": "0", "state": "ONLINE", "type": "MASTER", "vid": "0",
                ]
            ],
            "shared": true, "size": "4 GiB", "snapshots": [], "state": "ONLINE", "stripe_size": "256 KiB",
            "type": "MASTER", "unlock_conditions": [], "use_crc": true, "users": [], "volume_nodes": [11],
        ]
        #expect(try info(look()) == expected)
        let list = try #require(try JobTrial(.stVolumeList, answers: [look()]).output?.list)
        #expect(list.map { $0["name"] } == ["DataVolume1", "ArchiveVolume1"])
        #expect(list[0]["block_size"] == 4096 && list[0]["stripe_size"] == 262_144)
        #expect(try JobTrial(.stVolumeInfo, ["vid": 1], answers: [look()]).output?["name"] == "ArchiveVolume1")
    }

    @Test(.enabled(if: SharedFolder.url != nil))
    func volumesHaveTheMembersAndTypesOfTheDocumentedExample() throws {
        let jobs = try #require(JSON.parse(SharedFolder.catalogue() ?? Data()).list)
        for (definition, job) in [(JobDefinition.stVolumeList, "st_volume_list"), (.stVolumeInfo, "st_volume_info")] {
            let parameters: [String: Value] = definition.mandatory.isEmpty ? [:] : ["vname": "DataVolume1"]
            let output = try #require(try JobTrial(definition, parameters, answers: [look()]).output)
            let example = jobs.first { $0["name"]?.string == job }?["result"]?["example"]
            compare(output.list?.first ?? output, try #require(example?.list?.first ?? example), job)
        }
    }

    private func compare(_ value: Value, _ example: Value, _ place: String) {
        #expect(value.typeName == example.typeName, "\(place)")
        if let members = example.map {
            #expect(value.map?.keys.sorted() == members.keys.sorted(), "\(place)")
            for (name, member) in members { compare(value[name] ?? .null, member, "\(place).\(name)") }
        }
        if let first = example.list?.first, let other = value.list?.first { compare(other, first, place + "[0]") }
    }

    @Test func theStateOfAVolumeFollowsFromItsSegments() throws {
        #expect(try info(look(locked: true))["state"] == "LOCKED")
        #expect(try info(look(locked: true))["unlock_conditions"] == [])
        let disabled = try info(look(disabled: true))
        #expect(disabled["state"] == "LOCKED")
        #expect(disabled["unlock_conditions"] == ["a device of node 11 is disabled"])
        #expect(disabled["segments"]?.list?.first?["state"] == "OFFLINE")
        #expect(try info(look(suspended: true))["unlock_conditions"] == ["storage node 11 is suspended"])
        // A copy on a node that is away, and one that is there.
        var document = FixtureCluster.document
        try document.addVolume(
            "twice", VolumeSettings(type: "data", size: "2 GiB", disk: "disk1", nodes: [11], redundancy: 1))
        #expect(
            try JobTrial(.stVolumeInfo, ["vname": "twice"], on: document, answers: [look()]).output?["state"]
                == "LOCKED")
    }

    @Test func aNewVolumeIsWrittenAndArranged() throws {
        let trial = try JobTrial(.stVolumeCreate, create())
        #expect(trial.output == ["vid": 2])
        let volume = try #require(trial.after.volume(named: "new"))
        #expect(volume.size?.bytes == Self.gibibyte && volume.owner == .standard && volume.nodes == [11])
        let command = try #require(trial.plan?.commands.first)
        #expect(trial.plan?.commands.count == 1)
        #expect(command.action == "storage.volume.arrange" && command.undo == "storage.restore")
        #expect(command.arguments["purpose"] == "create" && command.arguments["about"] == "size")
        #expect(command.arguments["configuration"]?.string?.contains("[EXAVolume : new]") == true)
        #expect(command.arguments["configuration"]?.string?.contains("Passwd") == false)
    }

    @Test func everythingAboutANewVolumeCanBeSaid() throws {
        let trial = try JobTrial(
            .stVolumeCreate,
            create([
                "type": "archive", "block_size": "512 KiB", "stripe_size": 524_288, "partition_size": 4_294_967_296,
                "owner": ["probe", 2000], "permissions": "rwxr-x---", "priority": "3", "shared": false,
                "num_master_nodes": 1, "http_port": 8081, "sftp_port": 8022,
            ]))
        let volume = try #require(trial.after.volume(named: "new"))
        #expect(volume.isArchive && volume.blockSize?.bytes == 524_288 && volume.stripeSize?.bytes == 524_288)
        #expect(volume.partitionSize?.bytes == 4 * Self.gibibyte && volume.owner?.user == 2001)
        #expect(volume.permissions == "rwxr-x---" && volume.priority == 3 && !volume.isShared)
        #expect(volume.httpPort == 8081 && volume.sftpPort == 8022)
    }

    @Test(
        arguments: [
            ("disk", "none", JobError.Code.objectMissing), ("name", "DataVolume1", .objectExists),
            ("name", "office", .objectExists), ("name", "a,b", .parameterInvalid), ("name", "a\nb", .parameterInvalid),
            ("nodes", [], .parameterInvalid), ("nodes", [11, 11], .parameterInvalid), ("nodes", [99], .objectMissing),
            ("nodes", ["11"], .parameterInvalid),
            ("redundancy", 2, .parameterInvalid), ("redundancy", 0, .parameterInvalid),
            ("size", "large", .parameterInvalid), ("size", "0 B", .parameterInvalid),
            ("size", "-1 GiB", .parameterInvalid), ("size", "9 EiB", .parameterInvalid),
            ("size", "", .parameterInvalid),
            ("type", "object", .parameterInvalid), ("block_size", 5000, .parameterInvalid),
            ("block_size", -1, .parameterInvalid), ("stripe_size", "1 KiB", .parameterInvalid),
            ("partition_size", "4 GiB", .parameterInvalid), ("http_port", 80, .parameterInvalid),
            ("http_port", 70_000, .parameterInvalid), ("owner", [9, 9], .objectMissing),
            ("owner", [9], .parameterInvalid),
            ("permissions", "all", .parameterInvalid), ("priority", "21", .parameterInvalid),
            ("priority", "high", .parameterInvalid), ("num_master_nodes", 2, .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aVolumeThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        let error = refusal(of: .stVolumeCreate, create([parameter: value]))
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test func twoPortsOfAVolumeDiffer() {
        let error = refusal(of: .stVolumeCreate, create(["type": "archive", "http_port": 81, "ftp_port": 81]))
        #expect(error?.code == .parameterInvalid)
    }

    @Test func nodesThatHaveNotJoinedAreNamed() throws {
        let document = FixtureCluster.document
        let error = refusal(of: .stVolumeCreate, create(["nodes": [11, 13], "redundancy": 2]), on: document)
        #expect(error?.code == .objectBusy)
        #expect(error?.details["nodes"] == [13])
        #expect(error?.message.contains("13") == true)
    }

    @Test func aVolumeOfSeveralNodesIsArrangedOnEachOfThem() throws {
        let document = FixtureCluster.document
        let trial = try JobTrial(.stVolumeCreate, create(["nodes": [12, 11], "redundancy": 2]), on: document)
        #expect(trial.plan?.commands.map(\.node) == [11, 12])
        let lowered = try JobTrial(.stVolumeDecreaseRedundancy, ["vname": "new", "delta": 1], on: trial.after)
        #expect(lowered.after.volume(named: "new")?.redundancy == 1)
        #expect(lowered.plan?.commands.map(\.node) == [11, 12])
        // Copies of a ring stay where they are.
        let raised = refusal(of: .stVolumeIncreaseRedundancy, ["vname": "new", "delta": 1], on: lowered.after)
        #expect(raised?.code == .unsupported)
        #expect(
            refusal(of: .stVolumeIncreaseRedundancy, ["vname": "new", "delta": 2], on: lowered.after)?.code
                == .parameterInvalid)
    }

    @Test func nodesAreAppendedWithAnotherRangeOfBlocks() throws {
        let document = FixtureCluster.document
        let trial = try JobTrial(
            .stVolumeAppendNode, ["vname": "DataVolume1", "node_ids": [12], "node_num": 1], on: document)
        let volume = try #require(trial.after.volume(named: "DataVolume1"))
        #expect(volume.nodes == [11, 12] && volume.masterNodeCount == 2 && volume.size?.bytes == 8 * Self.gibibyte)
        #expect(trial.plan?.commands.map(\.node) == [12])
    }

    @Test(
        arguments: [
            (["node_ids": [11], "node_num": 1], JobError.Code.parameterInvalid),
            (["node_ids": [12], "node_num": 2], .parameterInvalid),
            (["node_ids": [], "node_num": 1], .parameterInvalid),
            (["node_ids": [99], "node_num": 1], .objectMissing),
        ] as [([String: Value], JobError.Code)])
    func nodesThatCannotBeAppendedAreRefused(_ parameters: [String: Value], _ code: JobError.Code) {
        let all = parameters.merging(["vname": "DataVolume1"]) { first, _ in first }
        #expect(refusal(of: .stVolumeAppendNode, all)?.code == code)
    }

    @Test(
        arguments: [
            ([11], [13], JobError.Code.objectBusy), ([12], [13], .parameterInvalid), ([11], [], .parameterInvalid),
            ([], [12], .parameterInvalid), ([11], [11], .parameterInvalid), ([11], [99], .objectMissing),
        ] as [(Value, Value, JobError.Code)])
    func aMoveThatCannotBeIsRefused(_ sources: Value, _ targets: Value, _ code: JobError.Code) {
        let parameters: [String: Value] = ["vname": "DataVolume1", "src_nodes": sources, "dst_nodes": targets]
        #expect(refusal(of: .stVolumeMoveNode, parameters)?.code == code)
    }

    @Test func segmentsAreNotMovedBetweenNodesHere() throws {
        let document = FixtureCluster.document
        let parameters: [String: Value] = ["vname": "DataVolume1", "src_nodes": [11], "dst_nodes": [12]]
        #expect(refusal(of: .stVolumeMoveNode, parameters, on: document)?.code == .unsupported)
    }

    @Test func aVolumeGrowsAndShrinksByWholeStripes() throws {
        let larger = try JobTrial(.stVolumeEnlarge, ["vname": "DataVolume1", "blocks_per_node": 4])
        #expect(larger.changes == ["- Size = 4 GiB", "+ Size = 4194560 KiB"])
        #expect(larger.plan?.commands.first?.arguments["purpose"] == "resize")
        let back = try JobTrial(.stVolumeShrink, ["vname": "DataVolume1", "blocks_per_node": 100], on: larger.after)
        #expect(back.after.volume(named: "DataVolume1")?.size?.bytes == 4 * Self.gibibyte)
        for blocks in [1, 63, 1_048_576, 1_125_899_906_842_624] as [Value] {
            let parameters: [String: Value] = ["vname": "DataVolume1", "blocks_per_node": blocks]
            #expect(refusal(of: .stVolumeShrink, parameters)?.code == .parameterInvalid)
        }
        #expect(
            refusal(of: .stVolumeEnlarge, ["vname": "DataVolume1", "blocks_per_node": 0])?.code == .parameterInvalid)
        #expect(
            refusal(of: .stVolumeEnlarge, ["vname": "DataVolume1", "blocks_per_node": .int(1 << 50)])?.code
                == .parameterInvalid)
    }

    @Test func aVolumeThatADatabaseUsesStays() throws {
        #expect(refusal(of: .stVolumeDelete, ["vname": "DataVolume1"])?.code == .objectBusy)
        #expect(refusal(of: .stVolumeDelete, ["vid": 1])?.code == .objectBusy)
        let free = try JobTrial(.stVolumeCreate, create()).after
        let trial = try JobTrial(.stVolumeDelete, ["vid": 2], on: free)
        #expect(trial.after.volume(named: "new") == nil)
        #expect(trial.plan?.commands.first?.arguments["purpose"] == "delete")
    }

    @Test func whatTheConfigurationKeepsIsChangedThere() throws {
        let cases: [(JobDefinition, [String: Value], [String])] = [
            (.stVolumeAddLabel, ["label": "Fun"], ["+ Labels = Fun,"]),
            (
                .stVolumeChangeOwner, ["vol_user": 2001, "vol_grp": 2000],
                ["- Owner = 500 : 500", "+ Owner = 2001 : 2000"]
            ),
            (.stVolumeChangePermissions, ["mode": "rwxrwx---"], ["- Permissions = rwx", "+ Permissions = rwxrwx---"]),
            (.stVolumeSetPriority, ["prio": 1], ["- Priority = 10", "+ Priority = 1"]),
            (.stVolumeSetShared, ["shared": false], ["- Shared = True", "+ Shared = False"]),
        ]
        for (definition, parameters, changes) in cases {
            let all = parameters.merging(["vid": 0]) { first, _ in first }
            let trial = try JobTrial(definition, all)
            #expect(trial.changes == changes, "\(definition.name)")
            #expect(trial.plan == nil && trial.output == nil && definition.mode == .read, "\(definition.name)")
        }
        let ports = try JobTrial(.stVolumeSetPorts, ["vname": "ArchiveVolume1", "ftp_port": 2121])
        #expect(ports.changes == ["+ FtpPort = 2121"])
        #expect(
            try JobTrial(.stVolumeSetPorts, ["vid": 1, "ftp_port": 0], on: ports.after).changes == ["- FtpPort = 2121"])
    }

    @Test func labelsComeAndGo() throws {
        let one = try JobTrial(.stVolumeAddLabel, ["vid": 0, "label": "Fun"]).after
        let two = try JobTrial(.stVolumeAddLabel, ["vid": 0, "label": "More fun"], on: one).after
        #expect(two.volume(named: "DataVolume1")?.labels == ["Fun", "More fun"])
        #expect(refusal(of: .stVolumeAddLabel, ["vid": 0, "label": "Fun"], on: two)?.code == .objectExists)
        let back = try JobTrial(.stVolumeRemoveLabel, ["vid": 0, "label": "Fun"], on: two).after
        #expect(back.volume(named: "DataVolume1")?.labels == ["More fun"])
        #expect(refusal(of: .stVolumeRemoveLabel, ["vid": 0, "label": "Fun"], on: back)?.code == .objectMissing)
        #expect(refusal(of: .stVolumeRemoveLabel, ["vid": 0, "label": "pub:DB1_persistent"])?.code == .objectMissing)
    }

    @Test(
        arguments: [
            (JobDefinition.stVolumeAddLabel, ["label": "a,b"], JobError.Code.parameterInvalid),
            (.stVolumeAddLabel, ["label": ""], .parameterInvalid),
            (.stVolumeAddLabel, ["label": "a#b"], .parameterInvalid),
            (.stVolumeChangeOwner, ["vol_user": 9, "vol_grp": 2000], .objectMissing),
            (.stVolumeChangePermissions, ["mode": "xwr"], .parameterInvalid),
            (.stVolumeChangePermissions, ["mode": "rw"], .parameterInvalid),
            (.stVolumeSetPriority, ["prio": 21], .parameterInvalid), (.stVolumeSetPorts, [:], .parameterMissing),
            (.stVolumeSetPorts, ["ftp_port": 21], .parameterInvalid),
            (.stVolumeSetForcedRedLevel, ["force_red_level": 2], .parameterInvalid),
            (.stVolumeDecreaseRedundancy, ["delta": 1], .parameterInvalid),
            (.stVolumeClearData, ["node_ids": [12], "num_bytes": 0], .parameterInvalid),
            (.stVolumeClearData, ["node_ids": [11], "num_bytes": -1], .parameterInvalid),
        ] as [(JobDefinition, [String: Value], JobError.Code)])
    func faultsOfParametersAreFound(_ definition: JobDefinition, _ parameters: [String: Value], _ code: JobError.Code) {
        let all = parameters.merging(["vid": 0]) { first, _ in first }
        let root = Principal(name: "root", roles: ["root"], userID: 0)
        let error = #expect(throws: JobError.self) { try JobTrial(definition, all, as: root) }
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test func anUnknownVolumeIsMissing() {
        for parameters in [["vid": 99], ["vname": "none"]] as [[String: Value]] {
            #expect(refusal(of: .stVolumeInfo, parameters)?.code == .objectMissing)
            #expect(refusal(of: .stVolumeLock, parameters)?.code == .objectMissing)
        }
        #expect(refusal(of: .stVolumeInfo)?.code == .parameterMissing)
    }

    @Test func whatIsSwitchedOnAVolumeRunsOnItsNodes() throws {
        let root = Principal(name: "root", roles: ["root"], userID: 0)
        let cases: [(JobDefinition, [String: Value], [String: Value])] = [
            (.stVolumeLock, [:], ["locked": true]), (.stVolumeUnlock, [:], ["locked": false]),
            (.stVolumeSetIoStatus, ["app_io": false, "int_io": true], ["app_io": false, "int_io": true]),
            (.stVolumeSetForcedRedLevel, ["force_red_level": 1], ["forced_level": 1]),
        ]
        for (definition, parameters, expected) in cases {
            let trial = try JobTrial(definition, parameters.merging(["vid": 0]) { first, _ in first }, as: root)
            let command = try #require(trial.plan?.commands.first)
            #expect(command.action == "storage.volume.set" && command.node == 11 && command.undo == "storage.restore")
            for (name, value) in expected { #expect(command.arguments[name] == value, "\(definition.name)") }
            #expect(trial.changes.isEmpty)
        }
        #expect(throws: JobError.self) { try JobTrial(.stVolumeSetForcedRedLevel, ["vid": 0, "force_red_level": 1]) }
    }

    @Test func clearingNamesNodesByIDOrByTheirPlace() throws {
        for nodes in [[], [0], [11], [0, 11]] as [Value] {
            let trial = try JobTrial(.stVolumeClearData, ["vid": 0, "node_ids": nodes, "num_bytes": 0])
            #expect(trial.plan?.commands.map(\.node) == [11])
            #expect(trial.plan?.commands.first?.undo == nil)
        }
    }

    @Test func storageNodesAreShownByTheirLogicalNumber() throws {
        let node = try #require(try JobTrial(.stNodeList, answers: [look()]).output?["0"])
        #expect(node["name"] == "n11" && node["state"] == "ONLINE")
        #expect(node["hdds"] == [["name": "/exa/data/storage/dev.1", "type": "disk1"]])
        #expect(node["hdd_free_space"] == ["disk1": "88 GiB"])
        #expect(node["space_warn_threshold"] == 90 && node["space_warning"] == false)
    }

    @Test func devicesAreAddedMovedAndRemoved() throws {
        let path: [String: Value] = ["devname": "/exa/data/storage/dev.2", "node": 11]
        let both = path.merging(["disk": "disk1", "seccount": 1024, "sector_size": "4 KiB"]) { first, _ in first }
        let added = try JobTrial(.stDeviceAdd, both)
        #expect(added.after.node(id: 11)?.disks.first?.devices == ["dev.1", "dev.2"])
        let command = try #require(added.plan?.commands.first)
        #expect(command.arguments["device"] == "dev.2" && command.arguments["sectors"] == 1024)
        #expect(refusal(of: .stDeviceAdd, both, on: added.after)?.code == .objectExists)
        let moved = try JobTrial(.stDeviceModify, path.merging(["disk": "fast"]) { first, _ in first }, on: added.after)
        #expect(moved.after.node(id: 11)?.disks.map(\.name) == ["disk1", "fast"])
        #expect(moved.plan?.commands.first?.arguments["wipes"] == true)
        let removed = try JobTrial(.stDeviceRemove, path, on: moved.after)
        #expect(removed.after.node(id: 11)?.disks.map(\.name) == ["disk1"])
        #expect(refusal(of: .stDeviceRemove, path, on: removed.after)?.code == .objectMissing)
        // The last device of a disk that volumes lie on.
        #expect(refusal(of: .stDeviceRemove, ["devname": "dev.1", "node": 11])?.code == .objectBusy)
    }

    @Test(
        arguments: [
            ("devname", "/dev/sda", JobError.Code.parameterInvalid), ("devname", "", .parameterInvalid),
            ("devname", ".ledger.json", .parameterInvalid), ("devname", "a b", .parameterInvalid),
            ("devname", "../x", .parameterInvalid), ("node", 99, .objectMissing), ("node", 13, .objectBusy),
            ("sector_size", "5 KiB", .parameterInvalid), ("sector_size", "many", .parameterInvalid),
            ("seccount", -1, .parameterInvalid), ("direct_io", false, .parameterInvalid),
            ("disk", "a,b", .parameterInvalid),
        ] as [(String, Value, JobError.Code)])
    func aDeviceThatCannotBeIsRefused(parameter: String, value: Value, code: JobError.Code) {
        var parameters: [String: Value] = ["devname": "/exa/data/storage/dev.2", "node": 11, "disk": "disk1"]
        parameters[parameter] = value
        let error = refusal(of: .stDeviceAdd, parameters)
        #expect(error?.code == code, "\(error?.message ?? "")")
    }

    @Test func aDeviceIsShown() throws {
        let parameters: [String: Value] = ["devname": "/exa/data/storage/dev.1", "node_id": 11]
        let output = try #require(try JobTrial(.stDeviceInfo, parameters, answers: [look()]).output)
        #expect(output["state"] == "ONLINE" && output["disk"] == "disk1" && output["free_space"] == "88 GiB")
        #expect(output["seccount"] == .int(100 * Self.gibibyte / 4096))
        let none: [String: Value] = ["devname": "/exa/data/storage/dev.9", "node_id": 11]
        #expect(refusal(of: .stDeviceInfo, none)?.code == .objectMissing)
    }

    @Test func whatIsSetForANodeRunsThere() throws {
        let cases: [(JobDefinition, [String: Value], String, Value)] = [
            (.stNodeSuspend, ["nid": 11], "suspended", true), (.stNodeResume, ["nid": 11], "suspended", false),
            (.stNodeSetBgRecovery, ["node": 11, "enabled": false], "recovery", false),
            (.stNodeSetBgRecoveryLimit, ["nid": 11, "limit": 50], "limit", 50),
            (.stNodeSetSpaceWarnThreshold, ["node": 11, "threshold": 80], "threshold", 80),
        ]
        for (definition, parameters, name, value) in cases {
            let command = try #require(try JobTrial(definition, parameters).plan?.commands.first)
            #expect(command.action == "storage.node.set" && command.arguments[name] == value, "\(definition.name)")
            var other = parameters
            other[parameters["nid"] == nil ? "node" : "nid"] = 13
            #expect([.objectMissing, .objectBusy].contains(refusal(of: definition, other)?.code))
        }
        #expect(refusal(of: .stNodeSetSpaceWarnThreshold, ["node": 11, "threshold": 101])?.code == .parameterInvalid)
    }

    @Test func aNodeThatHasLostNothingHasNothingToRestore() throws {
        let parameters: [String: Value] = ["nid": 11, "vname": "DataVolume1"]
        #expect(try JobTrial(.stNodeRestore, parameters, answers: [look()]).output == nil)
        #expect(try JobTrial(.stNodeStopRestore, parameters, answers: [look()]).output == nil)
        for definition in [JobDefinition.stNodeRestore, .stNodeStopRestore] {
            let error = #expect(throws: JobError.self) {
                try JobTrial(definition, parameters, answers: [look(present: false)])
            }
            #expect(error?.code == .unsupported)
        }
    }

    @Test func linksThatTellNoSpeedAreNoAnswer() throws {
        #expect(try JobTrial(.stNodeGetLinkSpeed, ["nid": 11], answers: [["speed": 1000]]).output == 1000)
        let error = #expect(throws: JobError.self) { try JobTrial(.stNodeGetLinkSpeed, ["nid": 11], answers: [[:]]) }
        #expect(error?.code == .unsupported)
        #expect(try JobTrial(.stGetPartitionId, answers: [look()]).output == 4711)
    }
}
