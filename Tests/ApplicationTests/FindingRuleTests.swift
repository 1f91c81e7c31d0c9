import Testing
import Values

@testable import Application

/// One row for each thing that can be wrong with an object, and for what is just not wrong yet.
@Suite struct FindingRuleTests {
    private static let now = Timestamp(milliseconds: 1_767_364_200_000)
    private static let day = 86_400_000

    struct Row: Sendable, CustomTestStringConvertible {
        let state: ObjectState
        /// The code and the severity of the finding; `nil` for none.
        let found: (FindingCode, Finding.Severity)?
        var job: String?

        init(_ state: ObjectState, _ found: (FindingCode, Finding.Severity)?, job: String? = nil) {
            (self.state, self.found, self.job) = (state, found, job)
        }

        var testDescription: String { "\(state.object) \(state.actual) \(state.figures)" }
    }

    private static func ago(_ duration: Duration) -> Int {
        now.milliseconds - Int(duration / .milliseconds(1))
    }

    private static func disk(_ percent: Int, actual: String = "free") -> ObjectState {
        ObjectState(
            .disk, "11-store", node: 11, actual: actual, figures: [.sizeBytes: 1_000_000, .usedBytes: percent * 10_000])
    }

    private static func node(_ actual: String, wanted: String = "present", lag: Int? = nil) -> ObjectState {
        var state = ObjectState(.node, "12", wanted: wanted, actual: actual)
        state.figures[.lagSeconds] = lag
        return state
    }

    private static func certificate(days: Int, _ kind: ObjectState.Kind = .certificate) -> ObjectState {
        ObjectState(
            kind, "11-tls", node: 11, actual: "valid", figures: [.notAfter: now.milliseconds + days * day + 1000],
            remedy: kind == .certificate ? Finding.Job("cert_renew", ["nid": 11]) : nil)
    }

    private static func backup(
        hours: Int?, made: Int? = nil, wanted: String = "scheduled"
    ) -> ObjectState {
        var state = ObjectState(
            .backup, "HR", wanted: wanted, actual: "there",
            remedy: wanted.isEmpty ? nil : Finding.Job("db_backup_start", ["db_name": "HR"]))
        state.figures[.newestBackup] = hours.map { ago(.seconds($0 * 3600)) }
        state.figures[.firstWanted] = made.map { ago(.seconds($0 * 3600)) }
        return state
    }

    private static func cluster(_ actual: String, for seconds: Int) -> ObjectState {
        ObjectState(
            .cluster, "cl4", wanted: "decides", actual: actual,
            since: Timestamp(milliseconds: ago(.seconds(seconds))))
    }

    private static func database(_ wanted: String, _ actual: String, why: String = "") -> ObjectState {
        ObjectState(.database, "HR", node: 11, wanted: wanted, actual: actual, why: why)
    }

    static let rows: [Row] = [
        Row(database("running", "running"), nil),
        Row(database("stopped", "stopped"), nil),
        Row(database("stopped", "running"), nil),
        Row(
            database("running", "stopped", why: "its server crashed (signal 9)"), (.databaseDown, .critical),
            job: "db_start"),
        Row(
            database("running", "stopped", why: "it did not start: no room"), (.databaseDown, .critical),
            job: "db_start"),
        // A moment after the start nobody has looked.
        Row(database("running", "unknown"), nil),
        Row(database("running", "unknown", why: "node 12 is away"), (.databaseDown, .critical)),
        Row(disk(84), nil),
        Row(disk(85), (.diskFilling, .warning)),
        Row(disk(91), (.diskFilling, .warning)),
        Row(disk(92), (.diskFilling, .critical)),
        Row(disk(99, actual: "full"), (.diskFull, .critical)),
        Row(node("present", lag: 0), nil),
        Row(node("present", lag: 9), nil),
        Row(node("present", lag: 10), (.nodeBehind, .warning)),
        Row(node("away"), (.nodeAway, .warning)),
        Row(node("away", wanted: "suspended"), nil),
        Row(node("quarantine"), (.nodeBehind, .critical)),
        Row(cluster("decides", for: 60), nil),
        Row(cluster("no-quorum", for: 9), nil),
        Row(cluster("no-quorum", for: 10), (.noMaster, .critical)),
        Row(backup(hours: 25), nil),
        Row(backup(hours: 27), (.backupOverdue, .warning), job: "db_backup_start"),
        Row(backup(hours: 27, wanted: ""), (.backupOverdue, .notice)),
        Row(backup(hours: nil), nil),
        Row(backup(hours: nil, made: 25), nil),
        Row(backup(hours: nil, made: 27), (.backupOverdue, .warning), job: "db_backup_start"),
        Row(backup(hours: nil, made: 27, wanted: ""), (.backupOverdue, .notice)),
        Row(
            ObjectState(
                .schedule, "HR:daily", actual: "failed", why: "no archive", remedy: Finding.Job("db_backup_start", [:])),
            (.scheduleFailed, .warning), job: "db_backup_start"),
        Row(ObjectState(.schedule, "HR:daily", actual: "unreadable"), (.scheduleFailed, .warning)),
        Row(ObjectState(.schedule, "HR:daily", actual: "worked"), nil),
        Row(ObjectState(.schedule, "HR:daily", actual: "never-ran"), nil),
        Row(certificate(days: 21), nil),
        Row(certificate(days: 20), (.certificateEnding, .warning), job: "cert_renew"),
        Row(certificate(days: 7), (.certificateEnding, .warning), job: "cert_renew"),
        Row(certificate(days: 6), (.certificateEnding, .critical), job: "cert_renew"),
        Row(certificate(days: -1), (.certificateEnding, .critical), job: "cert_renew"),
        Row(certificate(days: 20, .license), (.licenseEnding, .warning)),
        Row(ObjectState(.license, "11-license", node: 11, actual: "missing"), (.licenseEnding, .notice)),
        Row(ObjectState(.license, "11-license", node: 11, actual: "there"), nil),
        Row(ObjectState(.volume, "Heap", node: 11, wanted: "online", actual: "online"), nil),
        Row(ObjectState(.volume, "Heap", node: 11, wanted: "online", actual: "missing"), (.volumeDown, .critical)),
        Row(ObjectState(.fileService, "11-bfs", node: 11, wanted: "serving", actual: "serving"), nil),
        Row(
            ObjectState(.fileService, "11-bfs", node: 11, wanted: "serving", actual: "closed"),
            (.fileServiceDown, .critical)),
        Row(ObjectState(.port, "11-8563", node: 11, wanted: "one", actual: "contested"), (.portContested, .warning)),
        Row(ObjectState(.audit, "11-audit", node: 11, wanted: "whole", actual: "whole"), nil),
        Row(
            ObjectState(.audit, "11-audit", node: 11, wanted: "whole", actual: "damaged", why: "record 7 is missing"),
            (.auditDamaged, .critical)),
        Row(ObjectState(volume: "Heap", node: 11, isData: true, fault: nil, missing: nil), nil),
        Row(ObjectState(volume: "Heap", node: 11, isData: true, fault: "somebody has locked it", missing: nil), nil),
        Row(
            ObjectState(volume: "Heap", node: 11, isData: true, fault: "somebody has locked it", missing: "it is gone"),
            (.volumeDown, .critical)),
        Row(
            ObjectState(.drill, "HR", actual: "failed", remedy: Finding.Job("db_backup_drill", ["db_name": "HR"])),
            (.drillFailed, .critical), job: "db_backup_drill"),
        Row(ObjectState(.notification, "ops", node: 11, actual: "failing"), (.notificationFailing, .warning)),
        Row(ObjectState(.reconciler, "11-tls", node: 11, actual: "following"), nil),
        Row(ObjectState(.reconciler, "11-tls", node: 11, actual: "failing"), (.notFollowing, .warning)),
    ]

    @Test(arguments: rows)
    func eachStateIsJudged(_ row: Row) throws {
        let found = FindingRule.findings(in: [row.state], FindingThresholds(), at: Self.now)
        guard let (code, severity) = row.found else {
            #expect(found.isEmpty)
            return
        }
        let finding = try #require(found.first)
        #expect(found.count == 1 && finding.code == code && finding.severity == severity)
        #expect(finding.job?.type == row.job)
        #expect(finding.cause.hasSuffix(".") && finding.cure.hasSuffix("."))
        #expect(finding.node == row.state.node)
    }

    /// What is done about a certificate depends on whose it is.
    @Test func theCureOfACertificateIsThatOfItsKind() throws {
        for (name, words) in [
            ("11-tls", "cert_update"), ("11-peer", "renews it by itself"), ("11-authority", "founded anew"),
            ("11-etcd", "client.pem"),
        ] {
            let state = ObjectState(
                .certificate, name, node: 11, actual: "valid", figures: [.notAfter: Self.now.milliseconds + Self.day])
            let found = FindingRule.findings(in: [state], FindingThresholds(), at: Self.now)
            let finding = try #require(found.first)
            #expect(finding.severity == .critical && finding.cure.contains(words), "\(name)")
        }
    }

    /// Every kind of object is judged, and each code comes up in the table above.
    @Test func theTableHasEveryKindAndEveryCode() {
        #expect(Set(FindingRule.all.keys) == Set(ObjectState.Kind.allCases))
        let codes = Set(Self.rows.compactMap(\.found?.0))
        #expect(codes.count == 17)
    }

    @Test func whatIsWorkedOnIsNoFinding() {
        var state = Self.database("running", "stopped")
        state.maintenance = "maintenance until noon"
        #expect(FindingRule.findings(in: [state], FindingThresholds(), at: Self.now).isEmpty)
    }

    @Test func thresholdsAreThoseOfTheSettings() {
        var thresholds = FindingThresholds()
        (thresholds.diskWarning, thresholds.backupHours, thresholds.lagSeconds) = (50, 1, 60)
        let states = [Self.disk(50), Self.backup(hours: 2), Self.node("present", lag: 30)]
        #expect(
            FindingRule.findings(in: states, thresholds, at: Self.now).map(\.code) == [.diskFilling, .backupOverdue])
    }

    @Test func beginningsAreThoseOfTheThing() {
        let found = FindingRule.findings(
            in: [Self.backup(hours: 27), Self.certificate(days: 6)], FindingThresholds(), at: Self.now)
        #expect(found.map(\.since.milliseconds) == [Self.ago(.seconds(3600)), Self.now.milliseconds - Self.day + 1000])
    }

    @Test func idsStandInPathsAsTheyAre() {
        let state = ObjectState(.disk, "11-a/b c", node: 11, actual: "full")
        #expect(
            FindingRule.findings(in: [state], FindingThresholds(), at: Self.now).map(\.id) == [
                "disk-full:disk:11-a_b_c"
            ])
    }
}
