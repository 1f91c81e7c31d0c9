import Application
import EXAConf
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct StorageListingTests {
    @Test func sizesOfVolumesAreBytes() async throws {
        let found = HealthBoard.finding(
            ObjectState(.volume, "DataVolume1", node: 11, wanted: "online", actual: "online"))
        try await GatewayFixture.viewing(board: found) { (fixture) async throws in
            let volume = try await fixture.item("/volumes/DataVolume1", "Volume")
            #expect(volume["size_bytes"] == .int(4 << 30) && volume["block_size_bytes"] == 4096)
            #expect(volume["stripe_size_bytes"] == 262_144 && volume["redundancy"] == 1)
            #expect(volume["state"] == "online" && volume["type"] == "data" && volume["id"] == 0)
            #expect(volume["nodes"] == [11] && volume["databases"] == ["DB1"] && volume["disk"] == "disk1")
            #expect(volume["shared"] == true && volume["labels"] == [] && volume["priority"] == 10)
            #expect(
                volume["segments"] == [["id": 0, "index": 0, "copy": 1, "node": 11, "size_bytes": .int(4 << 30)]])
            let archive = try await fixture.item("/volumes/ArchiveVolume1", "Volume")
            #expect(archive["size_bytes"] == .int(8 << 30) && archive["type"] == "archive")
            #expect(archive["state"] == "unknown" && archive["databases"] == [])
            #expect(try await fixture.items("/volumes?type=archive").map { $0["name"] } == ["ArchiveVolume1"])
        }
    }

    @Test func aVolumeCanBeUsedAsLongAsEachPartIsWholeSomewhere() async throws {
        let (online, locked) = (
            ObjectState(.volume, "DataVolume1", node: 11, wanted: "online", actual: "online"),
            ObjectState(.volume, "DataVolume1", node: 12, wanted: "online", actual: "locked", why: "its folder is gone")
        )
        var document = FixtureCluster.document
        try document.modifyVolume("DataVolume1", VolumeSettings(nodes: [11, 12], masterNodeCount: 1, redundancy: 2))
        let changed = document.committed().document
        var lost = online
        (lost.actual, lost.why) = ("locked", "a device is out")
        let rows: [(HealthBoard, String, String?)] = [
            (.finding(online, locked), "degraded", "its folder is gone"),
            (.finding(lost, locked), "locked", "a device is out"),
            (.finding(online), "degraded", "Nothing is known of node 12."), (.finding(locked), "locked", nil),
        ]
        for (board, state, reason) in rows {
            try await GatewayFixture.viewing(board: board, document: changed) { (fixture) async throws in
                let volume = try await fixture.item("/volumes/DataVolume1", "Volume")
                #expect(volume["state"] == .string(state) && volume["redundancy"] == 2)
                if let reason { #expect(volume["reason"] == .string(reason)) }
            }
        }
    }

    @Test func disksOfVolumesAndOfTheDaemonAreTold() async throws {
        let found = HealthBoard.finding(
            ObjectState(
                .disk, "11-store", node: 11, wanted: "free", actual: "free",
                figures: [.sizeBytes: 1000, .usedBytes: 400]),
            ObjectState(.disk, "12-store", node: 12, wanted: "free", actual: "full"),
            ObjectState(
                .disk, "11-disk1", node: 11, actual: "free", figures: [.sizeBytes: 500, .allocatedBytes: 300]))
        try await GatewayFixture.viewing(board: found) { (fixture) async throws in
            let items = try await fixture.items("/disks")
            #expect(items.map { $0["id"] } == ["11-disk1", "11-store", "12-disk1", "12-store", "13-disk1"])
            #expect(items[1]["size_bytes"] == 1000 && items[1]["used_bytes"] == 400 && items[1]["free_bytes"] == 600)
            #expect(items[1]["node"] == 11 && items[1]["name"] == "store" && items[1]["component"] == nil)
            let configured = try await fixture.item("/disks/11-disk1", "Disk")
            #expect(configured["size_bytes"] == 500 && configured["allocated_bytes"] == 300)
            #expect(configured["free_bytes"] == 200 && configured["used_bytes"] == nil)
            #expect(configured["component"] == "exastorage" && configured["devices"] == ["dev.1"])
            #expect(configured["volumes"] == ["DataVolume1", "ArchiveVolume1"])
            #expect(configured["direct_io"]?.bool != nil && configured["ephemeral"] == .bool(false))
            #expect(try await fixture.items("/disks?node=12").map { $0["state"] } == ["unknown", "full"])
        }
    }
}
