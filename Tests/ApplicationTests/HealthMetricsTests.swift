import Testing
import Values

@testable import Application

@Suite struct HealthMetricsTests {
    private static func lines(_ board: HealthBoard) async -> [String] {
        var text = MetricText(.prometheus)
        for family in HealthMetrics(board).families { text.add(family, await family.collect()) }
        text.finish()
        return text.text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("#") }
    }

    @Test func findingsAndStatesAreNumbers() async {
        let board = HealthBoard(node: 11)
        #expect(await Self.lines(board).isEmpty)
        let now = Timestamp(milliseconds: 1_767_364_200_000)
        board.take(
            [
                ObjectState(.database, "HR", node: 11, wanted: "running", actual: "stopped"),
                ObjectState(.database, "SALES", node: 11, wanted: "running", actual: "stopped"),
                ObjectState(.database, "WEB", node: 11, wanted: "running", actual: "unknown"),
                ObjectState(
                    .disk, "11-store", node: 11, actual: "free", figures: [.sizeBytes: 100, .usedBytes: 20]),
            ], from: "test", at: now)
        _ = board.settle(silences: [:], at: now)
        #expect(
            await Self.lines(board) == [
                #"confd_findings{code="database-down",severity="critical"} 2"#,
                #"confd_database_up{database="HR"} 0"#, #"confd_database_up{database="SALES"} 0"#,
                #"confd_database_wanted{database="HR"} 1"#, #"confd_database_wanted{database="SALES"} 1"#,
                #"confd_database_wanted{database="WEB"} 1"#, #"confd_disk_size_bytes{disk="11-store"} 100"#,
                #"confd_disk_used_bytes{disk="11-store"} 20"#,
            ])
    }
}
