import Foundation
import PeerLink
import Testing
import Values

@testable import confd

/// What the commands of a cluster print, and what they find on a machine.
@Suite struct ClusterCommandTests {
    @Test func anInvitationIsPrintedWithTheCommandToRun() throws {
        let made: Value = [
            "node_id": 12, "address": "10.10.10.12", "token": "confd1.12.abc", "name": "n12",
            "network": "10.10.10.12/24", "job_id": "11.412",
            "founding":
                "node 11 is a cluster of its own now: exa1, etcd 3.4.23 on 10.10.10.11:20379-20380, nodes on 20381",
        ]
        #expect(
            try ClusterInvite.text(of: made) == """
                node 11 is a cluster of its own now: exa1, etcd 3.4.23 on 10.10.10.11:20379-20380, nodes on 20381
                node 12 (n12, 10.10.10.12/24) was added by job 11.412, suspended until it has joined
                On the new machine, within 1 hour, once:
                    confd cluster join confd1.12.abc

                """)
        #expect(throws: Failure.self) { try ClusterInvite.text(of: [:]) }
    }

    @Test func aTokenNeedNotStandOnTheCommandLine() throws {
        let environment = [JoinToken.variable: "confd1.12.env"]
        #expect(try JoinToken.read("confd1.12.abc", environment: environment) { "" } == "confd1.12.abc")
        #expect(try JoinToken.read("-", environment: environment) { " confd1.12.in " } == "confd1.12.in")
        #expect(try JoinToken.read(nil, environment: environment) { "" } == "confd1.12.env")
        #expect(try JoinToken.read(nil, environment: [JoinToken.variable: ""]) { "" } == nil)
        #expect(throws: Failure.self) { try JoinToken.read("-", environment: [:]) { "" } }
    }

    @Test func statusBeginsWithTheSentence() {
        let member: Value = [
            "node": 13, "address": "10.10.10.13", "role": "follower", "vote": true, "present": false, "ready": false,
            "suspended": false, "revision": 41, "lag": 14, "note": "away since 14:02",
        ]
        #expect(
            ShowCluster.text(of: ["sentence": "node 13 is away since 14:02", "members": [member]]) == """
                node 13 is away since 14:02
                node  address      role      vote  version  revision  lag  state  note
                13    10.10.10.13  follower  yes   -        41        14   away   away since 14:02

                """)
        #expect(ShowCluster.text(of: [:]) == "\n")
        let present: Value = ["node": 11, "version": "0.5.0", "levels": [3, 4]]
        #expect(ShowCluster.text(of: ["members": [present]]).contains("0.5.0 (3-4)"))
    }

    @Test func aWitnessIsARowOfItsOwnAndAWordOnCommandLines() throws {
        let witness: Value = [
            "address": "10.10.10.9", "vote": true, "present": true, "version": "0.5.0", "note": "",
        ]
        #expect(
            ShowCluster.text(of: ["sentence": "2 nodes and a witness, 3 votes, all well", "witness": witness]) == """
                2 nodes and a witness, 3 votes, all well
                node     address     role     vote  version  revision  lag  state  note
                witness  10.10.10.9  witness  yes   0.5.0    -         -    ready

                """)
        let made: Value = ["node_id": 1_000_000, "address": "10.10.10.9", "token": "confd1.1000000.abc"]
        #expect(
            try ClusterInvite.text(of: made) == """
                10.10.10.9 is to be the witness, with a vote and nothing else
                On the new machine, within 1 hour, once:
                    confd cluster join confd1.1000000.abc

                """)
        #expect(MemberArgument(argument: "witness")?.number == 1_000_000)
        #expect(MemberArgument(argument: "12")?.number == 12)
        for text in ["", "0", "-1", "n12", "Witness"] { #expect(MemberArgument(argument: text) == nil, "\(text)") }
    }

    @Test func levelsArePrintedWithWhatEachNodeKnows() throws {
        let levels: Value = [
            "level": 1, "next": 2, "sentence": "level 1 is in force; level 2 waits: node 13 is away",
            "members": [
                ["node": 11, "version": "0.5.0", "levels": [1, 2]], ["node": 12, "version": "0.3.0"],
                ["node": 13, "lack": "is away"], ["node": 14, "version": "0.4.0", "levels": [1, 1]],
            ],
        ]
        #expect(
            LevelTexts.lines(levels) == """
                level 1 is in force; level 2 waits: node 13 is away
                node 11 of 0.5.0 knows levels 1 to 2
                node 12 of 0.3.0 does not say what it knows
                node 13 is away
                node 14 of 0.4.0 knows level 1

                """)
        #expect(try LevelTexts.next(levels) == 2)
        // Why there is none the daemon says.
        #expect(try LevelTexts.next(["level": 2]) == 3)
        #expect(throws: Failure.self) { try LevelTexts.next([:]) }
    }

    @Test func aComparisonPassesOrSaysWhatDiffers() {
        let equal = MembershipTexts.verdict(["equal": true, "nodes": [11, 12], "entry": 7])
        #expect(equal.text == "PASS: nodes 11, 12 have the same at entry 7\n" && equal.isEqual)
        let other = MembershipTexts.verdict([
            "equal": false, "differences": ["jobs of node 12"], "missing": [["node_id": 13, "reason": "it is away"]],
        ])
        #expect(other.text == "FAIL: jobs of node 12\nFAIL: node 13 could not be compared: it is away\n")
        #expect(!other.isEqual)
        #expect(MembershipTexts.lines(["texts": ["a", "b"]]) == "a\nb\n")
    }

    @Test func eachRefusalOfAJoinIsAnExitCode() {
        #expect(Failure(JoinRefusal.token(.mistyped)).code == .notAllowed)
        #expect(Failure(JoinRefusal.rootAhead(own: 2, cluster: 1)).code == .cannotCreate)
        #expect(Failure(JoinRefusal.noEtcd).code == .unavailable)
        #expect(Failure(JoinRefusal.address(invited: "10.0.0.1", found: [])).code == .badData)
        #expect(Failure(JoinRefusal.clocks(node: 11, apart: .seconds(9))).code == .notYet)
    }

    // MARK: What is on a machine

    private func inRoot(_ body: (URL, Installation) throws -> Void) throws {
        let root = FileManager.default.temporaryDirectory.appending(path: "confd-joining-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root.appending(path: "etc"), withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: root) }
        try body(root, Installation(root: root.path))
    }

    @Test func anEmptyRootHasNothing() throws {
        try inRoot { _, installation in
            let content = try JoiningRoot(installation).content()
            #expect(content == nil)
        }
    }

    @Test func anInstallationNobodyUsedIsToldFromOneInUse() throws {
        try inRoot { root, installation in
            var fresh = FreshInstallation()
            fresh.password = "secret"
            _ = try fresh.make(in: installation, pamService: "confd")
            let content = try #require(try JoiningRoot(installation).content())
            #expect(content.isUntouched && content.revision == 1)
            let volume = root.appending(path: "data/volumes/v1/data")
            try FileManager.default.createDirectory(at: volume, withIntermediateDirectories: true)
            #expect(try JoiningRoot(installation).content()?.volumes == [])
            try Data(repeating: 1, count: 8192).write(to: volume.appending(path: "file"))
            #expect(try JoiningRoot(installation).content()?.volumes == ["v1"])
        }
    }

    @Test func whatIsPutAsideIsMovedOnceAndVolumesStay() throws {
        try inRoot { root, installation in
            let files = [
                "etc/EXAConf", "etc/EXAConf.0", "etc/node_uuid", "etc/confd.yaml", "etc/cluster/member.json",
                "data/volumes/v1/data/file",
            ]
            for file in files {
                let url = root.appending(path: file)
                try FileManager.default.createDirectory(
                    at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
                try Data(file.utf8).write(to: url)
            }
            let jobs = root.appending(path: "spool/jobs")
            try FileManager.default.createDirectory(at: jobs, withIntermediateDirectories: true)
            try Data().write(to: jobs.appending(path: "store.sqlite"))
            let aside = root.appending(path: "etc/before-join").path
            #expect(try JoiningRoot(installation).putAside() == aside)
            #expect(
                Set(try FileManager.default.contentsOfDirectory(atPath: aside))
                    == ["EXAConf", "EXAConf.0", "node_uuid", "jobs", "member.json"])
            #expect(installation.isEmpty)
            #expect(!FileManager.default.fileExists(atPath: root.path + "/etc/cluster/member.json"))
            #expect(FileManager.default.fileExists(atPath: root.path + "/etc/confd.yaml"))
            #expect(FileManager.default.fileExists(atPath: root.path + "/data/volumes/v1/data/file"))
            // Again, as after an interruption: nothing is left to be moved.
            #expect(try JoiningRoot(installation).putAside() == nil)
            // What an earlier join has put aside stays; one that was broken off goes on in its folder.
            try Data("new".utf8).write(to: root.appending(path: "etc/EXAConf"))
            #expect(try JoiningRoot(installation).putAside() == aside + "-2")
            try Data("new".utf8).write(to: root.appending(path: "etc/node_uuid"))
            #expect(try JoiningRoot(installation).putAside() == aside + "-2")
            #expect(try String(contentsOfFile: aside + "/EXAConf", encoding: .utf8) == "etc/EXAConf")
            #expect(try String(contentsOfFile: aside + "-2/EXAConf", encoding: .utf8) == "new")
        }
    }

    @Test func whoOnlyLookedLeavesNothingThatIsAnInstallation() throws {
        try inRoot { root, installation in
            try installation.makeFolders()
            #expect(installation.isEmpty && !installation.hasHistory)
            let holder = try InstallationLock.holder(of: installation)
            #expect(holder == nil && installation.isEmpty)
            try Data().write(to: root.appending(path: "spool/jobs/archive"))
            #expect(!installation.isEmpty && installation.hasHistory)
        }
    }

    @Test func clusterSettingsHaveTheirForms() async throws {
        let settings = try await DaemonSettings.read(
            root: "/nonexistent", environment: ["CONFD_CLUSTER_ETCD_ENDPOINTS": "10.0.0.1:2379 [fd00::1]:2379"])
        #expect(settings[\.etcdEndpoints].map { "\($0)" } == ["10.0.0.1:2379", "[fd00::1]:2379"])
        #expect(!settings.hasOwnEtcd && settings.leaseLifetime == .seconds(10))
        #expect(try settings.clusterPorts() == ClusterPorts())
        for environment in [
            ["CONFD_CLUSTER_LEASE": "4"], ["CONFD_CLUSTER_LEASE": "61"], ["CONFD_CLUSTER_ADDRESS": "n11"],
            ["CONFD_CLUSTER_PORTS_PEER": "20379"], ["CONFD_CLUSTER_ETCD_ENDPOINTS": "10.0.0.1"],
        ] {
            await #expect(throws: Failure.self, "\(environment)") {
                _ = try await DaemonSettings.read(root: "/nonexistent", environment: environment)
            }
        }
    }
}
