import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct NodeJobTests {
    @Test func aNewNodeIsSuspendedAndGetsTheNextID() throws {
        let trial = try JobTrial(.nodeAdd, ["priv_net": "10.10.10.x/24"])
        #expect(trial.output == 14)
        let node = try #require(trial.after.node(id: 14))
        #expect(node.name == "n14")
        #expect(node.privateNet?.description == "10.10.10.14/24")
        #expect(node.state == "suspended")
        #expect(node.affinity == 14)
        #expect(node.uuid.utf8.count == 40)
        #expect(node.exposedPorts.map(\.description) == ["8563:8577", "2581:2595", "2590:2604"])
        #expect(node.disks.map(\.name) == ["disk1"])
        #expect(!trial.changes.contains { $0.hasPrefix("-") })
    }

    @Test func anOfflineNodeIsNotSuspended() throws {
        let trial = try JobTrial(.nodeAdd, ["priv_net": "10.10.10.20/24", "nid": 20, "name": "spare", "offline": true])
        #expect(trial.output == 20)
        #expect(trial.after.node(id: 20)?.state == "")
        #expect(trial.after.node(id: 20)?.name == "spare")
    }

    @Test func anAddressWithoutMaskGetsThatOfTheCluster() throws {
        let trial = try JobTrial(.nodeAdd, ["priv_net": "10.10.10.30"])
        #expect(trial.after.node(id: 14)?.privateNet?.description == "10.10.10.30/24")
    }

    @Test func limitsOfStorageChangeTwoLines() throws {
        let trial = try JobTrial(
            .nodeAdd, ["priv_net": "10.10.10.x/24", "bg_rec_limit": 50, "space_warn_threshold": 80])
        let removed = trial.changes.filter { $0.hasPrefix("-") }
        #expect(removed == ["- BgRecLimit = ", "- SpaceWarnThreshold = 90"])
        #expect(trial.after.storage.backgroundRecoveryLimit == 50)
        #expect(trial.after.storage.spaceWarnThreshold == 80)
    }

    @Test(
        arguments: [
            (["priv_net": "10.10.10.11/24"], JobError.Code.objectExists),
            (["priv_net": "10.10.10.x/24", "nid": 12], .objectExists),
            (["priv_net": "10.10.10.x/24", "name": "n12"], .objectExists),
            (["priv_net": "10.99.0.1/24"], .parameterInvalid),
            (["priv_net": "nonsense"], .parameterInvalid),
            (["priv_net": "10.10.10.x/24", "nid": 3], .parameterInvalid),
            (["priv_net": "10.10.10.x/24", "name": "a#b"], .parameterInvalid),
            (["priv_net": "10.10.10.x/24", "name": "a\nb"], .parameterInvalid),
            (["priv_net": "10.10.10.x/24", "space_warn_threshold": 101], .parameterInvalid),
            ([:], .parameterMissing),
            (["priv_net": "10.10.10.x/24", "colour": "red"], .parameterUnknown),
        ] as [([String: Value], JobError.Code)])
    func aNodeThatCannotBeIsRefused(parameters: [String: Value], code: JobError.Code) {
        #expect(refusal(of: .nodeAdd, parameters)?.code == code)
    }

    @Test func aRefusedValueNamesItsParameter() throws {
        let error = try #require(refusal(of: .nodeAdd, ["priv_net": "nonsense"]))
        #expect(error.faults.map(\.pointer) == ["/params/priv_net"])
        #expect(error.message.hasPrefix("'priv_net': "))
    }

    @Test func whoSuspendsNodesLeavesATrace() {
        #expect(JobDefinition.nodeSuspend.leavesTrace(Arguments()))
        #expect(JobDefinition.nodeResume.leavesTrace(Arguments()))
        #expect(!JobDefinition.nodeState.leavesTrace(Arguments()))
    }

    @Test func aBatchIsAddedAsAWhole() throws {
        let nodes: Value = [
            ["private_ip": "10.10.10.21", "nid": 21, "uuid": "7EAA8DEF9DF7483CABAD93774A4F130EBF2CE77F"],
            ["private_ip": "10.10.10.22/24", "name": "extra"],
        ]
        let trial = try JobTrial(.nodeAddBatch, ["nodes": nodes])
        #expect(trial.output == [21, 22])
        #expect(trial.after.node(id: 21)?.uuid == "7EAA8DEF9DF7483CABAD93774A4F130EBF2CE77F")
        #expect(trial.after.node(id: 21)?.privateNet?.description == "10.10.10.21/24")
        #expect(trial.after.node(named: "extra")?.state == "suspended")
    }

    @Test func allFaultsOfABatchAreNamed() throws {
        let nodes: Value = [["nid": true, "colour": "red"], "n12", ["private_ip": "10.10.10.22"]]
        let error = try #require(refusal(of: .nodeAddBatch, ["nodes": nodes]))
        #expect(
            error.faults.map(\.pointer) == [
                "/params/nodes/0/colour", "/params/nodes/0/nid", "/params/nodes/0/private_ip", "/params/nodes/1",
            ])
    }

    @Test func oneBadNodeRefusesTheBatch() throws {
        let nodes: Value = [["private_ip": "10.10.10.21"], ["private_ip": "10.10.10.11"]]
        #expect(refusal(of: .nodeAddBatch, ["nodes": nodes])?.code == .objectExists)
    }

    @Test func anUnusedNodeIsRemoved() throws {
        let trial = try JobTrial(.nodeRemove, ["nid": 13])
        #expect(trial.output == nil)
        #expect(trial.after.nodes.compactMap(\.id) == [11, 12])
        #expect(!trial.changes.contains { $0.hasPrefix("+") })
    }

    @Test func aNodeInUseNeedsForce() throws {
        let error = try #require(refusal(of: .nodeRemove, ["nid": [13, 12]]))
        #expect(error.code == .objectBusy)
        #expect(error.message.contains("DB : DB1"))
        let trial = try JobTrial(.nodeRemove, ["nid": [13, 12], "force": true])
        #expect(trial.after.nodes.compactMap(\.id) == [11])
    }

    @Test func aSuspendedNodeIsNeverRemoved() throws {
        var cluster = FixtureCluster.status
        cluster.suspended = [13]
        let parameters: [String: Value] = ["nid": 13, "force": true]
        #expect(refusal(of: .nodeRemove, parameters, cluster: cluster)?.code == .objectBusy)
        let added = try JobTrial(.nodeAdd, ["priv_net": "10.10.10.x/24"]).after
        #expect(refusal(of: .nodeRemove, ["nid": 14], on: added)?.code == .objectBusy)
    }

    @Test func theMasterIsNeitherRemovedNorSuspended() {
        #expect(refusal(of: .nodeRemove, ["nid": 11, "force": true])?.code == .objectBusy)
        #expect(refusal(of: .nodeSuspend, ["nid": [12, 11]])?.code == .objectBusy)
    }

    @Test(arguments: [JobDefinition.nodeRemove, .nodeSuspend, .nodeResume])
    func anUnknownNodeIsMissing(definition: JobDefinition) throws {
        let error = try #require(refusal(of: definition, ["nid": [12, 99]]))
        #expect(error.code == .objectMissing)
        #expect(error.message == "Given node 99 does not exist.")
        #expect(refusal(of: definition, ["nid": []])?.code == .parameterInvalid)
        #expect(refusal(of: definition, ["nid": ["x"]])?.code == .parameterInvalid)
    }

    @Test func suspendingTouchesNoFileUnlessNodesAreDisabled() throws {
        let light = try JobTrial(.nodeSuspend, ["nid": 12])
        #expect(light.plan?.suspensions == [12: true])
        #expect(light.changes.isEmpty)
        let lasting = try JobTrial(.nodeSuspend, ["nid": [12, 13], "disable": true])
        #expect(lasting.plan?.suspensions == [12: true, 13: true])
        #expect(lasting.changes == ["+ State = deactivated", "+ State = deactivated"])
    }

    @Test func resumingTakesTheStateBack() throws {
        let added = try JobTrial(.nodeAdd, ["priv_net": "10.10.10.x/24"]).after
        let trial = try JobTrial(.nodeResume, ["nid": [14, 12]], on: added)
        #expect(trial.plan?.suspensions == [14: false, 12: false])
        #expect(trial.changes == ["- State = suspended"])
    }

    @Test func aDisabledNodeIsResumedOnlyWithEnable() throws {
        let disabled = try JobTrial(.nodeSuspend, ["nid": 12, "disable": true]).after
        let error = try #require(refusal(of: .nodeResume, ["nid": 12], on: disabled))
        #expect(error.faults.map(\.pointer) == ["/params/enable"])
        let trial = try JobTrial(.nodeResume, ["nid": 12, "enable": true], on: disabled)
        #expect(trial.changes == ["- State = deactivated"])
    }

    @Test func nodesAreListedByTextID() throws {
        let output = try #require(try JobTrial(.nodeList).output)
        #expect(output.map?.keys.sorted() == ["11", "12", "13"])
        let node = try #require(output["11"])
        #expect(
            node.map?.keys.sorted() == [
                "affinity", "disks", "docker_volume", "exposed_ports", "id", "name", "private_ip", "private_net",
                "uuid",
            ])
        #expect(node["id"] == "11")
        #expect(node["docker_volume"] == "/exa/etc/n11")
        #expect(node["exposed_ports"] == [[8563, 8574], [2581, 2592]])
        #expect(node["disks"]?["disk1"]?["devices"] == ["dev.1"])
        #expect(node["disks"]?["disk1"]?["direct_io"] == true)
    }

    @Test func statesComeWithTimesOfStart() throws {
        var cluster = FixtureCluster.status
        cluster.suspended = [12]
        let disabled = try JobTrial(.nodeSuspend, ["nid": 13, "disable": true]).after
        let output = try JobTrial(.nodeState, on: disabled, cluster: cluster).output
        #expect(
            output == [
                "11": "online", "12": "suspended", "13": "deactivated",
                "booted": ["11": "Tue Jul  7 16:14:07 2020", "12": "Tue Jul  7 16:14:07 2020"],
            ])
        #expect(try JobTrial(.nodeState).output?["13"] == "offline")
    }

    @Test func oneNodeIsShownWithItsRole() throws {
        let master = try JobTrial(.nodeInfo, ["nid": 11]).output
        #expect(master?["is_master"] == true)
        #expect(master?["state"] == "online")
        #expect(master?["booted"] == "Tue Jul  7 16:14:07 2020")
        #expect(master?["booted_at"] == "2020-07-07T14:14:07.000Z")
        let other = try JobTrial(.nodeInfo, ["nid": 13]).output
        #expect(other?["state"] == "offline")
        #expect(other?["booted"] == nil)
        #expect(refusal(of: .nodeInfo, ["nid": 99])?.code == .objectMissing)
    }

    @Test func affinityGoesBackToTheID() throws {
        #expect(try JobTrial(.affinityReset).changes.isEmpty)
        var document = FixtureCluster.document
        try document.setAffinity(1, node: 12)
        #expect(try JobTrial(.affinityReset, on: document).changes == ["- Affinity = 1", "+ Affinity = 12"])
    }
}
