import EXAConf
import JobEngine
import Jobs
import Support
import Testing
import Values

struct DatabaseQuotaTests {
    /// The fixture's database with a quota; its volume has 10 GiB.
    private func document(quota: String) throws -> Document {
        var document = FixtureCluster.document
        try document.modifyVolume("DataVolume1", VolumeSettings(size: "10 GiB"))
        try document.addVolume(
            "Second", VolumeSettings(type: "data", size: "10 GiB", disk: "disk1", nodes: [11], redundancy: 1))
        var settings = DatabaseSettings()
        settings.volumeQuota = quota
        try document.modifyDatabase("DB1", settings)
        return document
    }

    private func configure(_ parameters: [String: Value], on document: Document) throws {
        _ = try JobTrial(.dbConfigure, ["db_name": "DB1"].merging(parameters) { $1 }, on: document)
    }

    @Test func aVolumeIsNotMadeLargerThanTheQuotaOfItsDatabase() throws {
        let more: [String: Value] = ["vname": "DataVolume1", "blocks_per_node": 64]
        let error = try #require(refusal(of: .stVolumeEnlarge, more, on: try document(quota: "10 GiB")))
        #expect(error.code == .outOfSpace)
        #expect(error.message.contains("quota of 10 GiB of database DB1"))
        for quota in ["11 GiB", "0", ""] {
            _ = try JobTrial(.stVolumeEnlarge, more, on: try document(quota: quota))
        }
    }

    @Test func aQuotaBelowTheVolumeIsRefused() throws {
        let document = try document(quota: "")
        let error = try #require(
            refusal(of: .dbConfigure, ["db_name": "DB1", "volume_quota": "5 GiB"], on: document))
        #expect(error.code == .parameterInvalid)
        #expect(error.message.contains("10 GiB") && error.message.contains("5 GiB"))
        for quota in ["10 GiB", "1 TiB", "0 GiB"] { try configure(["volume_quota": .string(quota)], on: document) }
    }

    @Test func oneThatWasThereBeforeHoldsUpNoOtherChange() throws {
        try configure(["mem_size": "4 GiB"], on: try document(quota: "5 GiB"))
    }

    @Test func aNewDatabaseHasToFitItsQuota() throws {
        var parameters: [String: Value] = [
            "db_name": "NEW", "data_volume_name": "Second", "mem_size": "2 GiB", "nodes": [11],
            "num_active_nodes": 1,
            "version": "8.29.6", "port": 9000, "volume_quota": 5,
        ]
        let error = try #require(refusal(of: .dbCreate, parameters, on: try document(quota: "")))
        #expect(error.faults.map(\.pointer) == ["/params/volume_quota"])
        parameters["volume_quota"] = 10
        let made = try JobTrial(.dbCreate, parameters, on: try document(quota: ""))
        let told = made.plan?.commands.first?.arguments["database"]?.map
        #expect(told?["quota_bytes"] == .int(10 << 30))
    }

    @Test(arguments: [(11 << 30, true), (10 << 30, false)])
    func dataBeyondTheQuotaAreTold(used: Int, isTold: Bool) throws {
        let info = try JobTrial(
            .dbInfo, ["db_name": "DB1"], on: try document(quota: "10 GiB"),
            answers: [["state": "running", "connectible": true, "used_bytes": .int(used), "info": "busy"]])
        let text = info.output?["info"]?.string
        #expect(text == (isTold ? "busy The data take 11 GiB, more than the quota of 10 GiB." : "busy"))
        #expect(info.output?["quota"] == 10)
    }
}
