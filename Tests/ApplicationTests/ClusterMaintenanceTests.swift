import JobEngine
import Support
import Testing
import Values

@testable import Application

/// What was told beforehand alarms nobody.
@Suite struct ClusterMaintenanceTests {
    private static let now = Timestamp(milliseconds: 1_767_364_200_000)
    private static let end = now.advanced(by: .seconds(3600))

    private static func maintenance(_ subject: Maintenance.Subject) throws -> Maintenance {
        var rule = QueueRule(number: 1, action: .maintenance(subject), user: "admin", at: now)
        (rule.reason, rule.expiresAt) = ("disks", end)
        return try #require(Maintenance(rule))
    }

    private static func summary(_ status: ClusterStatus, _ maintenance: [Maintenance]) -> ClusterSummary {
        var facts = ClusterSummary.Facts(status, now: now)
        facts.maintenance = maintenance
        return ClusterSummary(facts)
    }

    @Test func aNodeThatIsAwayForItIsSaidToBe() throws {
        let status = ClusterStatus.cluster(of: 3).without(13)
        #expect(!Self.summary(status, []).isWell)
        let summary = Self.summary(status, [try Self.maintenance(.node(13))])
        #expect(summary.isWell)
        #expect(summary.sentence == "3 nodes, 3 votes; maintenance of node 13 until \(Self.end)")
        let member = try #require(summary.members.first { $0.node == 13 })
        #expect(summary.note(on: member).contains("maintenance until \(Self.end)"))
    }

    @Test func anotherOneThatIsAwayIsNot() throws {
        let summary = Self.summary(ClusterStatus.cluster(of: 3).without(13), [try Self.maintenance(.node(12))])
        #expect(!summary.isWell)
        #expect(summary.sentence.hasPrefix("node 13 is away"))
    }

    @Test func aNodeAloneSaysSo() throws {
        let alone = ClusterStatus(
            ownNode: 11, master: .init(node: 11, name: "n11", address: "10.0.0.11"), booted: [:])
        let summary = Self.summary(alone, [try Self.maintenance(.node(11)), try Self.maintenance(.database("DB1"))])
        #expect(summary.sentence == "1 node, alone; maintenance of node 11 and database DB1 until \(Self.end)")
    }

    @Test func checksNameItWithoutItsReason() throws {
        let maintenance = [try Self.maintenance(.node(13))]
        let check = try #require(ClusterChecks.maintenance(maintenance).first)
        #expect(check.name == "maintenance" && check.isReady && !check.isImpaired)
        #expect(check.detail == "node 13: maintenance until \(Self.end)")
        #expect(ClusterChecks.maintenance([]).isEmpty)
        let status = ClusterStatus.cluster(of: 3).without(13)
        #expect(ClusterChecks.members(status).isImpaired)
        #expect(!ClusterChecks.members(status, maintenance).isImpaired)
    }
}
