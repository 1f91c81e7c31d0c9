import JobEngine
import Support
import Testing
import Values

@testable import Application

@Suite struct ObjectMetricsTests {
    private static let now = 1_800_000_000_000

    private func lines(_ states: [ObjectState]) async -> [String] {
        let board = HealthBoard(node: 11)
        board.take(states, from: "test", at: Timestamp(milliseconds: Self.now))
        _ = board.settle(silences: [:], at: Timestamp(milliseconds: Self.now))
        var text = MetricText(.prometheus)
        for family in ObjectMetrics(board, time: ManualTime(), goal: 26).families {
            text.add(family, await family.collect())
        }
        return text.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test func whatWasMeasuredIsTold() async {
        let told = await lines([
            ObjectState(
                .database, "SALES", actual: "running", figures: [.usedBytes: 4096, .connections: 3]),
            ObjectState(.volume, "Heap", actual: "online", figures: [.sizeBytes: 8192, .redundancy: 2]),
            ObjectState(.disk, "11-store", actual: "free", figures: [.sizeBytes: 100, .usedBytes: 30]),
            ObjectState(.backup, "SALES", actual: "there", figures: [.newestBackup: Self.now - 60_000]),
            ObjectState(.drill, "SALES", actual: "failed", since: Timestamp(milliseconds: Self.now)),
            ObjectState(.drill, "WEB", actual: "never-ran"),
            ObjectState(.node, "12", actual: "away"),
            ObjectState(.schedule, "SALES:daily", actual: "never-ran", figures: [.next: Self.now + 1000]),
        ])
        let expected: Set = [
            #"confd_database_size_bytes{database="SALES"} 4096"#, #"confd_database_connections{database="SALES"} 3"#,
            #"confd_volume_up{volume="Heap"} 1"#, #"confd_volume_size_bytes{volume="Heap"} 8192"#,
            #"confd_volume_redundancy{volume="Heap"} 2"#, #"confd_disk_free_bytes{disk="11-store"} 70"#,
            #"confd_backup_age_seconds{database="SALES"} 60"#, "confd_backup_goal_seconds 93600",
            #"confd_drill_failed{database="SALES"} 1"#, #"confd_drill_timestamp_seconds{database="SALES"} 1800000000"#,
            #"confd_node_present{node="12"} 0"#, #"confd_node_ready{node="12"} 0"#,
            #"confd_schedule_next_timestamp_seconds{schedule="SALES:daily"} 1800000001"#, "confd_objects_left_out 0",
        ]
        #expect(Set(told) == expected)
    }

    /// A volume is told of by each node it lies on.
    @Test func whatSeveralTellIsOneSeries() async {
        let states = [("online", 2), ("locked", 3), ("online", nil)].map { actual, copies in
            ObjectState(.volume, "Heap", actual: actual, figures: copies.map { [.redundancy: $0] } ?? [:])
        }
        let told = await lines(states).filter { $0.contains("Heap") }
        #expect(told == [#"confd_volume_up{volume="Heap"} 0"#, #"confd_volume_redundancy{volume="Heap"} 2"#])
    }

    @Test func theNumberOfSeriesIsBounded() async {
        let told = await lines((0..<ObjectMetrics.limit + 7).map { ObjectState(.volume, "v\($0)", actual: "online") })
        #expect(told.count { $0.hasPrefix("confd_volume_up") } == ObjectMetrics.limit)
        #expect(told.contains("confd_objects_left_out 7"))
    }
}

@Suite struct BackupReportTests {
    private static let now = Timestamp(milliseconds: 1_800_000_000_000)

    private func item(_ states: [ObjectState]) throws -> Value {
        try #require(BackupReport(states, goal: 24, at: Self.now).value["items"]?.list?.first)
    }

    @Test func theNewestBackupHasAnAgeAndMayBeOverdue() throws {
        let made = Self.now.advanced(by: .seconds(-25 * 3600))
        let old = try item([ObjectState(.backup, "A", actual: "there", figures: [.newestBackup: made.milliseconds])])
        #expect(old["age_seconds"] == 90_000 && old["is_overdue"] == true)
        #expect(old["overdue_since"] == .string(Self.now.advanced(by: .seconds(-3600)).description))
        let young = try item([
            ObjectState(.backup, "A", actual: "there", figures: [.newestBackup: Self.now.milliseconds])
        ])
        #expect(young["is_overdue"] == false && young["overdue_since"] == nil)
        let none = try item([ObjectState(.backup, "A", actual: "missing")])
        #expect(none["newest_at"] == nil && none["is_overdue"] == false && none["schedules"] == [])
    }

    @Test func schedulesAndDrillsStandWithTheirDatabase() throws {
        let told = try item([
            ObjectState(.backup, "A", actual: "missing"), ObjectState(.schedule, "AB:x", actual: "worked"),
            ObjectState(
                .schedule, "A:daily", actual: "failed", since: Self.now, why: "no room",
                figures: [.next: Self.now.milliseconds + 60_000]),
            ObjectState(.drill, "A", actual: "worked", since: Self.now),
        ])
        #expect(
            told["schedules"] == [
                [
                    "backup_name": "daily", "state": "failed", "last_at": .string(Self.now.description),
                    "next_at": .string(Self.now.advanced(by: .seconds(60)).description), "reason": "no room",
                ]
            ])
        #expect(told["drill"] == ["state": "worked", "last_at": .string(Self.now.description)])
    }
}
