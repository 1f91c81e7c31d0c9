import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Backups are where their archive is: on nodes, in a folder of one, or wherever every node reaches.
@Suite struct ArchivePlaceTests {
    /// Nodes 11, 12 and 13 are members, all of them there; 13 decides.
    private func cluster(away: Int...) -> ClusterStatus {
        var status = FixtureCluster.status
        (status.ownNode, status.master) = (13, .init(node: 13, name: "n13", address: "10.10.10.13"))
        for node in [11, 12, 13] {
            var member = ClusterStatus.Member(
                id: "m\(node)", address: "10.10.10.\(node)", port: 20_003, peerPort: 20_381)
            (member.isPresent, member.isReady) = (!away.contains(node), true)
            status.members[node] = member
        }
        return status
    }

    /// `DB1` lives on node 11 as `ArchiveVolume1` (1) does; `Vault` (2) lies on nodes 12 and 11, `Folder` is one of each node.
    private func document() throws -> Document {
        var document = FixtureCluster.document
        try document.addVolume(
            "Vault", VolumeSettings(type: "archive", size: "8 GiB", disk: "disk1", nodes: [12, 11], redundancy: 1))
        try document.addVolume(
            "Far", VolumeSettings(type: "archive", size: "8 GiB", disk: "disk1", nodes: [12], redundancy: 1))
        try document.addRemoteVolume(
            "Folder", id: 10_006, RemoteVolumeSettings(type: "file", url: "file:///exa/data/archives/a"))
        return document
    }

    private func asked(_ trial: JobTrial) -> [Int: [String]] {
        let commands = trial.plan?.commands ?? []
        let named = commands.map { command in
            (command.node, (command.arguments["archives"]?.list ?? []).compactMap { $0["name"]?.string })
        }
        return Dictionary(named) { first, _ in first }
    }

    @Test func eachNodeIsAskedForTheArchivesThatAreThere() throws {
        let document = try document()
        let there = try JobTrial(.dbBackupList, ["db_name": "DB1"], on: document, cluster: cluster())
        #expect(asked(there) == [11: ["ArchiveVolume1", "Vault", "office", "Folder"], 12: ["Vault", "Far"]])
        #expect(there.plan?.commands.map(\.isBeside) == [false, true])
        // What every node reaches is asked for by the one that decides while that of the database is away.
        let away = try JobTrial(.dbBackupList, ["db_name": "DB1"], on: document, cluster: cluster(away: 11))
        #expect(asked(away) == [12: ["Vault", "Far"], 13: ["office", "Folder"]])
    }

    @Test func whatTheNodesTellIsOneList() throws {
        func listing(_ numbers: Int...) -> Value {
            let backups = numbers.map { number -> Value in
                ["bid": .int(number), "path": .string("DB1/id_\(number)/level_0/node_0/backup_1"), "system": "DB1"]
            }
            return ["backups": .list(backups)]
        }
        let answers: [Value] = [[listing(1), listing(4), listing(), ["unreachable": "no"]], [listing(5), listing(2)]]
        let trial = try JobTrial(
            .dbBackupList, ["db_name": "DB1"], on: try document(), cluster: cluster(), answers: answers)
        let told = trial.output?.list?.map { "\($0["bid"]?.int ?? 0) \($0["volume"]?.string ?? "")" }
        #expect(told == ["5 Vault", "4 Vault", "2 Far", "1 ArchiveVolume1"])
        // A node that is silent has none to tell.
        let silent = try JobTrial(
            .dbBackupList, ["db_name": "DB1"], on: try document(), cluster: cluster(), answers: [[], answers[1]])
        #expect(silent.output?.list?.count == 2)
    }

    @Test func aBackupGoesWhereTheNodeOfItsDatabaseReaches() throws {
        let document = try document()
        let base: [String: Value] = ["db_name": "DB1", "level": 0]
        for name in ["ArchiveVolume1", "Vault", "office", "Folder"] {
            let parameters = base.merging(["backup_volume_name": .string(name)]) { $1 }
            let trial = try JobTrial(.dbBackupStart, parameters, on: document, cluster: cluster())
            #expect(trial.plan?.commands.map(\.node) == [11], "\(name)")
        }
        let far = refusal(
            of: .dbBackupStart, base.merging(["backup_volume_name": "Far"]) { $1 }, on: document, cluster: cluster())
        #expect(far?.code == .parameterInvalid && far?.faults.map(\.pointer) == ["/params/backup_volume_name"])
        #expect(far?.message.contains("lies on node 12, and database DB1 on node 11") == true)
        let back: [String: Value] = [
            "db_name": "DB1", "restore_type": "blocking", "backup_id": "3 DB1/id_1/level_0/node_0/backup_1 DB1",
        ]
        #expect(refusal(of: .dbRestore, back, on: document, cluster: cluster())?.code == .parameterInvalid)
    }

    /// What the first beginning left is not a second backup, also when a minute has passed.
    @Test func aBackupThatIsBegunAnewHasThePlaceItHad() throws {
        let parameters: [String: Value] = ["db_name": "DB1", "level": 0, "backup_volume_name": "Vault"]
        let first = try JobTrial(.dbBackupStart, parameters, on: try document(), cluster: cluster())
        let again = try JobTrial(
            .dbBackupStart, parameters, on: try document(), cluster: cluster(),
            now: FixtureCluster.now.advanced(by: .seconds(90)), begun: FixtureCluster.now)
        #expect(first.plan?.commands.map(\.arguments) == again.plan?.commands.map(\.arguments))
    }

    @Test func backupsAreRemovedWhereverTheyCanBe() throws {
        let document = try document()
        func removed(from volume: Int) -> [String: Value] {
            ["db_name": "DB1", "backup_list": [.string("\(volume) DB1/id_1/level_0/node_0/backup_1 DB1")]]
        }
        let nodes = { (volume: Int, status: ClusterStatus) in
            try JobTrial(.dbBackupsDelete, removed(from: volume), on: document, cluster: status).plan?.commands
                .map(\.node)
        }
        #expect(try nodes(2, cluster()) == [11, 12])
        #expect(try nodes(3, cluster()) == [12])
        #expect(try nodes(10_005, cluster()) == [11])
        #expect(try nodes(10_005, cluster(away: 11)) == [13])
        // What is on a node that is away would stay.
        for (volume, node) in [(2, 12), (3, 12), (10_006, 11)] {
            let error = refusal(
                of: .dbBackupsDelete, removed(from: volume), on: document, cluster: cluster(away: node))
            #expect(error?.code == .objectBusy && error?.details["nodes"] == [.int(node)], "\(volume)")
        }
        let swept = try JobTrial(
            .dbBackupDeleteUnusable, ["db_name": "DB1"], on: document, cluster: cluster(),
            answers: [["a"], [], ["b"], ["c"], [], []])
        #expect(swept.plan?.commands.map(\.node) == [11, 11, 12, 12, 11, 11])
        #expect(swept.output == ["1 a DB1", "2 b DB1", "3 c DB1"])
    }

    @Test func nodesThatNeverJoinedANodeAloneHaveNoBackups() throws {
        var document = FixtureCluster.document
        try document.addVolume(
            "Wide", VolumeSettings(type: "archive", size: "8 GiB", disk: "disk1", nodes: [13, 11], redundancy: 1))
        let backup: [String: Value] = ["db_name": "DB1", "backup_list": ["2 DB1/id_1/level_0/node_0/backup_1 DB1"]]
        #expect(try JobTrial(.dbBackupsDelete, backup, on: document).plan?.commands.map(\.node) == [11])
        #expect(try JobTrial(.dbBackupList, ["db_name": "DB1"], on: document).plan?.commands.map(\.node) == [11])
    }

    @Test func anExpiryIsChangedWhereTheBackupIs() throws {
        let document = try document()
        func change(in volume: String, of database: String = "DB1") -> [String: Value] {
            [
                "backup_files": .string("\(database)/id_1/level_0"), "backup_volume_name": .string(volume),
                "expire_time": "2030-01-01 00:00:00",
            ]
        }
        let cases = [
            ("Vault", "DB1", 11), ("Vault", "GONE", 12), ("Far", "DB1", 12), ("office", "DB1", 11),
            ("office", "GONE", 13),
            ("Folder", "DB1", 11),
        ]
        for (volume, database, node) in cases {
            let trial = try JobTrial(
                .dbBackupChangeExpiration, change(in: volume, of: database), on: document, cluster: cluster())
            #expect(trial.plan?.commands.map(\.node) == [node], "\(volume) \(database)")
        }
        let error = refusal(
            of: .dbBackupChangeExpiration, change(in: "Far"), on: document, cluster: cluster(away: 12))
        #expect(error?.code == .objectBusy && error?.details["nodes"] == [12])
    }
}
