import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

/// Ports, volumes and nodes of databases, known before anything is made.
struct DatabasePlaceTests {
    private let parameters: [String: Value] = [
        "db_name": "NEW", "data_volume_name": "Second", "mem_size": "2 GiB", "nodes": [11], "num_active_nodes": 1,
        "version": "8.29.6",
    ]

    private func document() throws -> Document {
        var document = FixtureCluster.document
        try document.addVolume(
            "Second", VolumeSettings(type: "data", size: "10 GiB", disk: "disk1", nodes: [11, 13], redundancy: 1))
        return document
    }

    private func refused(_ further: [String: Value]) throws -> JobError {
        try #require(refusal(of: .dbCreate, parameters.merging(further) { $1 }, on: try document()))
    }

    @Test func aPortThatIsTakenIsRefusedByTheNameOfWhoHasIt() throws {
        for (port, holder) in [(8563, "database DB1"), (2590, "file service bfs2")] {
            let error = try refused(["port": .int(port)])
            #expect(error.code == .objectBusy && error.message.contains(holder))
            #expect(error.faults.map(\.pointer) == ["/params/port"])
        }
    }

    @Test func aPortOfOtherNodesIsFree() throws {
        let made = try JobTrial(
            .dbCreate, parameters.merging(["port": 8563, "nodes": [13]]) { $1 }, on: try document())
        #expect(made.after.database(named: "NEW")?.port == 8563)
    }

    @Test func aVolumeWithoutAPlaceOnTheNodeIsRefused() throws {
        let error = try refused(["nodes": [12, 11]])
        #expect(error.code == .parameterInvalid && error.message.contains("lies on node 11, 13"))
        #expect(error.faults.map(\.pointer) == ["/params/data_volume_name"])
        // Only the first node has data and server.
        #expect(
            try JobTrial(.dbCreate, parameters.merging(["nodes": [11, 12]]) { $1 }, on: try document()).plan != nil)
        var document = try document()
        try document.addVolume(
            "Away", VolumeSettings(type: "data", size: "1 GiB", disk: "disk1", nodes: [12], redundancy: 1))
        let moved = refusal(of: .dbConfigure, ["db_name": "DB1", "data_volume_name": "Away"], on: document)
        #expect(moved?.code == .parameterInvalid && moved?.message.contains("lies on node 12") == true)
    }

    @Test func withoutAPortTheFirstFreeOneIsTaken() throws {
        let made = try JobTrial(.dbCreate, parameters, on: try document())
        #expect(made.after.database(named: "NEW")?.port == 8564)
        #expect(made.plan?.commands.first?.arguments["database"]?["port"] == 8564)
    }

    @Test func aVolumeAnotherDatabaseLivesInIsRefused() throws {
        let error = try refused(["data_volume_name": "DataVolume1"])
        #expect(error.code == .objectBusy && error.message.contains("database DB1"))
        #expect(error.faults.map(\.pointer) == ["/params/data_volume_name"])
    }

    @Test func whatCanBeKnownBeforeIsAskedByADryRun() throws {
        let made = try JobTrial(.dbCreate, parameters, on: try document())
        #expect(made.plan?.commands.map(\.check) == ["database.may-create"])
        #expect(try JobTrial(.dbStart, ["db_name": "DB1"]).plan?.commands.map(\.check) == ["database.may-start"])
        let configured = try JobTrial(.dbConfigure, ["db_name": "DB1", "create_new_db": false])
        #expect(
            configured.plan?.commands.map(\.action)
                == ["database.require-stopped", "database.check", "database.wish"])
    }

    @Test func aDatabaseWhoseNodeIsAwayIsToldAsItIsConfigured() throws {
        var settings = DatabaseSettings()
        settings.nodes = [13, 11]
        settings.activeNodeCount = 1
        var document = FixtureCluster.document
        try document.modifyDatabase("DB1", settings)
        #expect(try JobTrial(.dbState, ["db_name": "DB1"], on: document).output == "unknown")
        let told = try JobTrial(.dbInfo, ["db_name": "DB1"], on: document)
        #expect(told.plan?.commands.isEmpty == true && told.output?["state"] == "unknown")
        #expect(told.output?["reason"]?.string?.contains("Node 13") == true)
        let configured = try JobTrial(.dbConfigure, ["db_name": "DB1", "mem_size": "3 GiB"], on: document)
        #expect(configured.plan?.commands.isEmpty == true)
        #expect(configured.after.database(named: "DB1")?.memory?.mebibytes == 3072)
        let error = refusal(of: .dbConfigure, ["db_name": "DB1", "create_new_db": true], on: document)
        #expect(error?.code == .objectBusy)
    }

    @Test func whoeverSharesAVolumeKeepsItsData() throws {
        var settings = DatabaseSettings(version: "8.29.6", nodes: [11], dataVolume: "DataVolume1")
        settings.port = 9000
        var (document, random) = (FixtureCluster.document, RandomSource.counting())
        try document.addDatabase("DR", settings, using: &random)
        #expect(
            try JobTrial(.dbDelete, ["db_name": "DR"], on: document).plan?.commands.first?.arguments["keeps_data"]
                == true)
        let alone = try JobTrial(.dbDelete, ["db_name": "DB1"]).plan?.commands.first
        #expect(alone?.arguments["keeps_data"] == nil)
    }
}
