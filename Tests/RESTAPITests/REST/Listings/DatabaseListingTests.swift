import Application
import EXAConf
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct DatabaseListingTests {
    @Test func aDatabaseIsToldAsItIsConfigured() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let database = try await fixture.item("/databases/DB1", "Database")
            #expect(database["port"] == 8563 && database["addresses"] == ["10.10.10.11:8563"])
            #expect(database["memory_bytes"] == .int(2 << 30) && database["version"] == "2025.1.3")
            #expect(database["active_nodes"] == [11] && database["reserve_nodes"] == [12])
            #expect(database["data_volume"] == "DataVolume1" && database["auto_start"] == true)
            #expect(database["parameters"] == [] && database["auditing"] == true)
            #expect(database["quota_bytes"] == nil)
        }
    }

    @Test func itsStateIsWhatWasFoundLast() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let database = try await fixture.item("/databases/DB1", "Database")
            #expect(database["state"] == "unknown" && database["reason"]?.string?.isEmpty == false)
            #expect(database["wanted"] == nil && database["since"] == nil)
        }
        let crashed = ObjectState(
            .database, "DB1", node: 11, wanted: "running", actual: "stopped", since: FixtureCluster.now,
            why: "its server crashed (signal 9)", figures: [.usedBytes: 64_400_000], maintenance: "until noon")
        try await GatewayFixture.viewing(board: .finding(crashed)) { (fixture) async throws in
            let database = try await fixture.item("/databases/DB1", "Database")
            #expect(database["state"] == "stopped" && database["wanted"] == "running")
            #expect(database["since"] == .time(FixtureCluster.now))
            #expect(database["reason"] == "its server crashed (signal 9)" && database["maintenance"] == "until noon")
            #expect(database["used_bytes"] == 64_400_000)
            #expect(try await fixture.items("/databases?state=stopped").count == 1)
            #expect(try await fixture.items("/databases?state=running").isEmpty)
            #expect(try await fixture.items("/databases?node=12").count == 1)
            #expect(try await fixture.items("/databases?node=13").isEmpty)
        }
    }

    @Test func whoMayOnlyListThemIsToldNamesAndStates() async throws {
        let running = ObjectState(.database, "DB1", wanted: "running", actual: "running")
        try await GatewayFixture.viewing(board: .finding(running)) { (fixture) async throws in
            let items = try await fixture.items("/databases", as: "reader")
            #expect(items == [["name": "DB1", "state": "running"]])
            #expect(try await fixture.get("/databases/DB1", as: "reader").status == 403)
        }
    }

    @Test func aStateNobodyKnowsIsUnknown() async throws {
        let strange = ObjectState(.database, "DB1", actual: "levitating")
        try await GatewayFixture.viewing(board: .finding(strange)) { (fixture) async throws in
            #expect(try await fixture.item("/databases/DB1", "Database")["state"] == "unknown")
        }
    }
}
