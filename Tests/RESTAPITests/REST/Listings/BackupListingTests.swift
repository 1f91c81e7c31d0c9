import Application
import EXAConf
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct BackupListingTests {
    private static func description(_ number: Int, expires: String? = nil) -> Value {
        .members([
            "bid": .int(number), "path": .string("DB1/id_\(number)/level_0/node_0/backup_202601020304"),
            "system": "DB1", "level": 0, "volume_id": 1, "timestamp": "2026-01-02T03:04:05Z", "comment": "",
            "expire": expires.map(Value.string), "bytes": 1_234_567,
        ])
    }

    /// Archives with some backups in the local volume, and none in the other one.
    private static func backups(_ found: [Value]) -> RecordingRunner.Answer {
        { command in
            guard command.action == "backup.list" else { return .ok(.null) }
            let archives = command.arguments["archives"]?.list ?? []
            return .ok(
                .list(
                    archives.map { archive in
                        archive["name"] == "ArchiveVolume1" ? ["backups": .list(found)] : ["backups": []]
                    }))
        }
    }

    @Test func backupsOfAllDatabasesAreThoseFoundLast() async throws {
        let answer = Self.backups([Self.description(7, expires: "2026-02-01T00:00:00Z"), Self.description(8)])
        try await GatewayFixture.viewing(answer: answer) { (fixture) async throws in
            let before = try await fixture.get("/backups").json()
            #expect(before == ["items": []], "nobody has looked")
            let services = fixture.gateway.services
            _ = await services.backups.look(at: "DB1", services.scheduler)
            let asked = fixture.engine.runner.commands.count
            let page = try await fixture.get("/backups").json()
            #expect(page["looked_at"]?.string.flatMap { Timestamp($0) } != nil)
            let items = try await fixture.items("/backups")
            #expect(items.map { $0["id"] } == ["ArchiveVolume1:DB1:7", "ArchiveVolume1:DB1:8"])
            let first = try await fixture.item("/backups/ArchiveVolume1:DB1:7", "StoredBackup")
            #expect(first["size_bytes"] == 1_234_567 && first["usable"] == true && first["level"] == 0)
            #expect(first["created_at"] == "2026-01-02T03:04:05.000Z" && first["expired"] == true)
            #expect(first["expires_at"] == "2026-02-01T00:00:00.000Z")
            #expect(first["reference"]?.string?.hasSuffix("backup_202601020304 DB1") == true)
            #expect(items[1]["expired"] == .bool(false) && items[1]["expires_at"] == nil)
            #expect(try await fixture.items("/backups?database=DB9").isEmpty)
            #expect(try await fixture.items("/backups?volume=ArchiveVolume1&usable=true").count == 2)
            #expect(fixture.engine.runner.commands.count == asked, "no archive was asked")
            let archive = try await fixture.item("/volumes/ArchiveVolume1", "Volume")
            #expect(archive["used_bytes"] == .int(2 * 1_234_567))
            let database = try await fixture.item("/databases/DB1", "Database")
            #expect(database["newest_backup_at"] == "2026-01-02T03:04:05.000Z")
        }
    }

    @Test func whatIsLookedForInVainStaysAsItWas() async throws {
        try await GatewayFixture.viewing { (fixture) async throws in
            let services = fixture.gateway.services
            _ = await services.backups.look(at: "DB9", services.scheduler)
            #expect(services.backups.backups(of: ["DB9"]).isEmpty)
            #expect(services.backups.oldestLook(among: ["DB9"]) == nil)
            #expect(services.backups.oldestLook(among: []) == nil)
        }
    }

    @Test func schedulesSayWhenTheyAreDueAndWhatCameOfThem() async throws {
        let failed = ObjectState(
            .schedule, "DB1:weekly", wanted: "scheduled", actual: "failed", since: FixtureCluster.now,
            why: "the archive is full (job 11.7)")
        try await GatewayFixture.viewing(board: .finding(failed)) { (fixture) async throws in
            let schedule = try await fixture.item("/schedules/DB1:backup:weekly", "Schedule")
            #expect(schedule["cron"] == "0 1 * * 0" && schedule["enabled"] == true && schedule["kind"] == "backup")
            #expect(schedule["volume"] == "ArchiveVolume1" && schedule["level"] == 0)
            #expect(schedule["keep_s"] == .int((7 + 3) * 86_400))
            #expect(schedule["state"] == "failed" && schedule["reason"] == "the archive is full (job 11.7)")
            let next = try #require(schedule["next_at"]?.string.flatMap { Timestamp($0) })
            #expect(next.milliseconds > Int(fixture.engine.time.now) && next.description.hasSuffix(":00:00.000Z"))
            #expect(try await fixture.items("/schedules?database=DB1&kind=backup&enabled=true").count == 1)
            #expect(try await fixture.items("/schedules?kind=snapshot").isEmpty)
            let off = try await fixture.change(
                .patch, "/databases/DB1/backup-schedules/weekly", ["enabled": false])
            #expect(off.status == 200, "\(off)")
            let changed = try await fixture.item("/schedules/DB1:backup:weekly", "Schedule")
            #expect(changed["state"] == "off" && changed["next_at"] == nil)
        }
    }
}
