import Application
import HTTPTypes
import JobEngine
import Support
import Testing
import Values

@testable import Gateway
@testable import RESTAPI

@Suite(.timeLimit(.minutes(5))) struct BackupHealthResourceTests {
    @Test func everyDatabaseHasItsBackupsWithAgeAndSchedules() async throws {
        try await GatewayFixture.running { (fixture) async throws in
            let board = fixture.gateway.services.findings.board
            let now = Timestamp(milliseconds: Int(fixture.engine.time.now))
            let made = now.advanced(by: .seconds(-(board.backupHours + 1) * 3600))
            board.take(
                [
                    ObjectState(.backup, "HR", actual: "there", figures: [.newestBackup: made.milliseconds]),
                    ObjectState(.schedule, "HR:daily", actual: "worked", since: made),
                ], from: "test", at: now)
            _ = board.settle(silences: [:], at: now)
            let told = try await fixture.send(.get, "/health/backups", as: "dba").json()
            #expect(told["goal_seconds"] == .int(board.backupHours * 3600))
            let item = try #require(told["items"]?.list?.first)
            #expect(item["db_name"] == "HR" && item["is_overdue"] == true)
            #expect(item["schedules"]?.list?.first?["backup_name"] == "daily")
            #expect(try await fixture.send(.get, "/health/backups", as: "reader").status == 403)
        }
    }
}
