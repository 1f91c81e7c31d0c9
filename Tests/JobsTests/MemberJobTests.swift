import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Jobs on nodes that are members of a cluster.
@Suite struct MemberJobTests {
    /// Nodes 11, 12 and 13 are members, all of them there; 11 decides.
    private func cluster(_ change: (inout ClusterStatus) -> Void = { _ in }) -> ClusterStatus {
        var status = FixtureCluster.status
        for node in [11, 12, 13] {
            var member = ClusterStatus.Member(
                id: "m\(node)", address: "10.10.10.\(node)", port: 20_003, peerPort: 20_381)
            (member.isPresent, member.isReady) = (true, true)
            status.members[node] = member
        }
        change(&status)
        return status
    }

    /// A plan for a job that was begun by another node.
    private func heir(_ definition: JobDefinition, _ parameters: [String: Value], on node: Int) throws(JobError)
        -> Plan?
    {
        guard case .act(let work) = definition.work else { return nil }
        var context = JobContext(
            id: JobID(node: 11, number: 1), principal: FixtureCluster.administrator, arguments: Arguments(parameters),
            document: FixtureCluster.document, cluster: cluster { $0.ownNode = node }, now: FixtureCluster.now,
            random: .counting())
        context.begun = FixtureCluster.now
        var document = context.document
        return try work(context, &document)
    }

    // MARK: Waiting

    @Test func whatIsSoAlreadyIsAnsweredAtOnce() throws {
        let away = cluster { $0.members[13]?.isPresent = false }
        for (definition, nodes) in [(JobDefinition.nodeWaitReady, [11, 12]), (.nodeWaitOffline, [13])] {
            let trial = try JobTrial(definition, ["nids": .ints(nodes)], cluster: away)
            #expect(trial.output == .ints(nodes))
            #expect(trial.plan?.commands.isEmpty == true && trial.plan?.expectation == nil)
        }
    }

    @Test func nodesAreWaitedForThatAreNotReady() throws {
        let away = cluster { status in
            status.members[12]?.isReady = false
            status.members[13]?.isPresent = false
        }
        let trial = try JobTrial(.nodeWaitReady, ["nids": [11, 12, 13], "timeout": 5], cluster: away)
        let expectation = try #require(trial.plan?.expectation)
        #expect(expectation.patience == .seconds(5) && expectation.successor == nil)
        #expect(expectation.obstacles(away) == [.node(12), .node(13)])
        #expect(expectation.obstacles(cluster { $0.members[12] = nil }) == [.node(12)])
        #expect(expectation.obstacles(cluster()).isEmpty)
        let error = expectation.failure([.node(13)])
        #expect(error.code == .jobTimedOut && error.message == "Node 13 is not ready after 5 s.")
        #expect(error.details["nodes"] == [13])
        #expect(trial.plan?.commands.first?.arguments == ["nodes": [11, 12, 13], "state": "online"])
        #expect(trial.output == [11, 12, 13])
    }

    @Test func nodesAreWaitedForThatAreStillThere() throws {
        let trial = try JobTrial(.nodeWaitOffline, ["nids": [12, 13]], cluster: cluster())
        let expectation = try #require(trial.plan?.expectation)
        #expect(expectation.patience == .seconds(600))
        #expect(expectation.obstacles(cluster()) == [.node(12), .node(13)])
        // A node that is there and not ready is not away.
        #expect(expectation.obstacles(cluster { $0.members[12]?.isReady = false }) == [.node(12), .node(13)])
        #expect(expectation.obstacles(cluster { $0.members[13]?.isPresent = false }) == [.node(12)])
    }

    // MARK: The master

    @Test func aNodeAloneStaysTheMaster() throws {
        #expect(try JobTrial(.masterChange, ["nids": [11]]).output == 11)
        #expect(refusal(of: .masterChange, ["nids": [12, 13]])?.code == .unsupported)
        #expect(refusal(of: .masterChange, ["nids": [99]])?.code == .objectMissing)
        #expect(JobDefinition.masterChange.leavesTrace(Arguments()))
    }

    @Test func theNodeThatIsNamedTakesOver() throws {
        let trial = try JobTrial(.masterChange, ["nids": [13]], cluster: cluster())
        let expectation = try #require(trial.plan?.expectation)
        #expect(expectation.successor == 13 && trial.output == 13)
        #expect(expectation.obstacles(cluster()) == [.node(13)])
        let other = cluster { $0.master = .init(node: 13, name: "n13", address: "10.10.10.13") }
        #expect(expectation.obstacles(other).isEmpty)
        #expect(expectation.failure([.node(13)]).code == .jobFailed)
        let held = expectation.failure([.job(JobID(node: 11, number: 5))])
        #expect(held.code == .objectBusy && held.details["jobs"] == ["11.5"])
    }

    @Test func ofSeveralTheOneElectionsPreferTakesOver() throws {
        let everybody: [String: Value] = ["nids": [13, 12, 11]]
        #expect(try JobTrial(.masterChange, everybody, cluster: cluster()).output == 12)
        var document = FixtureCluster.document
        try document.setAffinity(1, node: 13)
        #expect(try JobTrial(.masterChange, everybody, on: document, cluster: cluster()).output == 13)
        let away = cluster { $0.members[12]?.isPresent = false }
        #expect(try JobTrial(.masterChange, everybody, cluster: away).output == 13)
    }

    @Test func whoCannotTakeOverIsNotHandedOverTo() throws {
        let states: [(String, (inout ClusterStatus) -> Void)] = [
            ("node 13 is no member of the cluster", { $0.members[13] = nil }),
            ("node 13 is suspended", { $0.suspended = [13] }),
            ("node 13 is away", { $0.members[13]?.isPresent = false }),
            ("node 13 is not ready", { $0.members[13]?.isReady = false }),
        ]
        for (reason, change) in states {
            let error = try #require(refusal(of: .masterChange, ["nids": [13]], cluster: cluster(change)))
            #expect(error.code == .objectBusy && error.message.contains(reason))
        }
        let disabled = try JobTrial(.nodeSuspend, ["nid": 13, "disable": true]).after
        let error = try #require(refusal(of: .masterChange, ["nids": [13]], on: disabled, cluster: cluster()))
        #expect(error.message.contains("node 13 is suspended"))
    }

    @Test func itIsDoneWhereACandidateDecides() throws {
        let done = try heir(.masterChange, ["nids": [12, 13]], on: 13)
        #expect(try done?.output([]) == 13 && done?.expectation == nil)
        #expect(throws: JobError.self) { try heir(.masterChange, ["nids": [12, 13]], on: 11) }
    }

    // MARK: Others

    @Test func theLastNodeWithAVoteIsNotRemoved() throws {
        let voting = cluster { status in
            for node in [11, 12] { status.members[node]?.isVoter = false }
        }
        let error = try #require(refusal(of: .nodeRemove, ["nid": 13, "force": true], cluster: voting))
        #expect(error.code == .objectBusy && error.details["nodes"] == [13])
        #expect(try JobTrial(.nodeRemove, ["nid": 13], cluster: cluster()).after.node(id: 13) == nil)
    }

    @Test func statesAreThoseOfTheMembers() throws {
        let away = cluster { status in
            status.members[12]?.isPresent = false
            status.suspended = [13]
        }
        let states = try JobTrial(.nodeState, cluster: away).output
        #expect(states?["11"] == "online" && states?["12"] == "offline" && states?["13"] == "suspended")
        #expect(refusal(of: .nodesTerminate, ["nids": [12]], cluster: away)?.details["nodes"] == [12])
    }

    @Test func aDatabaseIsNotTouchedWhileItsNodeIsAway() throws {
        var document = FixtureCluster.document
        try document.modifyDatabase(
            "DB1", DatabaseSettings(version: "2025.1.3", nodes: [12], activeNodeCount: 1, dataVolume: nil))
        let away = cluster { $0.members[12]?.isPresent = false }
        let error = try #require(refusal(of: .dbStop, ["db_name": "DB1"], on: document, cluster: away))
        #expect(error.code == .objectBusy && error.details["nodes"] == [12])
        #expect(try JobTrial(.dbState, ["db_name": "DB1"], on: document, cluster: away).output == "unknown")
        let trial = try JobTrial(.dbStop, ["db_name": "DB1"], on: document, cluster: cluster())
        #expect(trial.plan?.commands.map(\.node) == [12])
    }
}
