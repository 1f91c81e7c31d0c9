import Testing
import Values

@testable import Application

@Suite struct HealthBoardTests {
    private static let now = Timestamp(milliseconds: 1_767_364_200_000)
    private static let later = Timestamp(milliseconds: 1_767_364_200_000 + 60_000)

    private static func database(_ name: String, node: Int = 11, runs: Bool = true) -> ObjectState {
        ObjectState(
            .database, name, node: node, wanted: "running", actual: runs ? "running" : "stopped", since: now)
    }

    private static func settle(
        _ board: HealthBoard, at moment: Timestamp = now, silences: [String: FindingSilence] = [:]
    ) -> [FindingChange] {
        board.settle(silences: silences, at: moment).changes
    }

    @Test func nothingKnownIsWell() {
        let board = HealthBoard(node: 11)
        #expect(Self.settle(board).isEmpty)
        #expect(board.summary.verdict == .well && board.summary.findings.isEmpty)
    }

    @Test func aFindingIsRaisedOnceAndClearedOnce() throws {
        let board = HealthBoard(node: 11)
        board.take([Self.database("HR", runs: false)], from: "databases", at: Self.now)
        let changes = Self.settle(board)
        guard case .raised(let finding)? = changes.first else { throw Unexpected() }
        #expect(changes.count == 1 && finding.id == "database-down:db:HR")
        #expect(board.summary.verdict == .failing)
        #expect(Self.settle(board).isEmpty)
        board.take([Self.database("HR")], from: "databases", at: Self.later)
        guard case .cleared(let over)? = Self.settle(board, at: Self.later).first else { throw Unexpected() }
        #expect(over.id == finding.id && board.summary.verdict == .well)
    }

    private struct Unexpected: Error {}

    @Test func oneThatGetsWorseIsRaisedAgainAndKeepsItsBeginning() throws {
        let board = HealthBoard(node: 11)
        let disk = { (used: Int) in
            [ObjectState(.disk, "11-store", node: 11, actual: "free", figures: [.sizeBytes: 100, .usedBytes: used])]
        }
        board.take(disk(86), from: "disks", at: Self.now)
        #expect(Self.settle(board).count == 1)
        board.take(disk(93), from: "disks", at: Self.later)
        guard case .raised(let finding)? = Self.settle(board, at: Self.later).first else { throw Unexpected() }
        #expect(finding.severity == .critical && finding.since == Self.now)
        board.take(disk(87), from: "disks", at: Self.later)
        #expect(Self.settle(board, at: Self.later).isEmpty && board.summary.verdict == .degraded)
    }

    @Test func mutedOnesDoNotCountAndAcknowledgedOnesDo() throws {
        let board = HealthBoard(node: 11)
        board.take([Self.database("HR", runs: false)], from: "databases", at: Self.now)
        _ = Self.settle(board)
        let word = { (kind: FindingSilence.Kind) in
            ["database-down:db:HR": FindingSilence(kind, reason: "x", user: "admin", at: Self.now, until: Self.later)]
        }
        guard case .silenced(let finding)? = Self.settle(board, silences: word(.muted)).first else {
            throw Unexpected()
        }
        #expect(!finding.counts && !finding.alarms)
        #expect(board.summary.verdict == .well && board.summary.muted == 1 && board.summary.findings.isEmpty)
        _ = Self.settle(board, silences: word(.acknowledged))
        #expect(board.summary.verdict == .failing && board.findings.map(\.alarms) == [false])
    }

    @Test func beginningsOutliveARestart() throws {
        let board = HealthBoard(node: 11)
        let begun = Timestamp(milliseconds: 1)
        board.recall(["database-down:db:HR": begun, "node-away:node:12": begun], at: Self.now)
        // Nobody has looked yet: nothing is over.
        let first = board.settle(silences: [:], at: Self.now)
        #expect(first.changes.isEmpty && first.ended.isEmpty)
        board.take([Self.database("HR", runs: false)], from: "databases", at: Self.now)
        let second = board.settle(silences: [:], at: Self.later)
        #expect(second.changes.isEmpty && board.findings.map(\.since) == [begun])
        let end = Self.now.milliseconds + Int(HealthBoard.patience / .milliseconds(1))
        let third = board.settle(silences: [:], at: Timestamp(milliseconds: end))
        #expect(third.ended == ["node-away:node:12"])
    }

    @Test func aNodeTellsOfItselfAlone() {
        let board = HealthBoard(node: 11)
        board.take(
            NodeReport(
                node: 12, version: 1,
                states: [Self.database("HR", node: 12, runs: false), Self.database("SALES", node: 11, runs: false)]))
        // Its own it knows better.
        board.take(NodeReport(node: 11, version: 1, states: [Self.database("SALES", runs: false)]))
        _ = Self.settle(board)
        #expect(board.findings.map(\.object) == ["db:HR"])
    }

    @Test func databasesOfANodeThatIsAwayAreNotKnownToRun() {
        let board = HealthBoard(node: 11)
        board.take(NodeReport(node: 12, version: 1, states: [Self.database("HR", node: 12)]))
        board.keep(members: [12], away: [12])
        _ = Self.settle(board)
        #expect(board.findings.map(\.cause) == ["Nobody knows whether database HR runs: node 12 is away."])
        _ = board.settle(silences: [:], maintenance: ["db:HR": "maintenance until noon"], at: Self.now)
        #expect(board.findings.isEmpty && board.states.map(\.maintenance) == ["maintenance until noon"])
        board.keep(members: [], away: [])
        _ = Self.settle(board)
        #expect(board.states.isEmpty && board.findings.isEmpty)
    }

    @Test func whoFollowsHearsOfChanges() async {
        let board = HealthBoard(node: 11)
        var changes = board.changes().makeAsyncIterator()
        board.take([Self.database("HR", runs: false)], from: "databases", at: Self.now)
        _ = Self.settle(board)
        #expect(await changes.next()?.finding.id == "database-down:db:HR")
    }

    /// What 200 databases and 100 nodes cost is counted, not timed: each look judges each object once, and a read none.
    @Test func aLargeClusterIsSummarisedInFewSteps() {
        let board = HealthBoard(node: 11)
        for node in 12...111 {
            board.take(
                NodeReport(
                    node: node, version: 1,
                    states: (0..<2).map { Self.database("D\(node)_\($0)", node: node, runs: node % 2 == 0) }))
        }
        board.take(
            (11...111).map { ObjectState(.node, String($0), wanted: "present", actual: "present") }, from: "nodes",
            at: Self.now)
        _ = Self.settle(board)
        #expect(board.judged == 301 && board.findings.count == 100)
        for _ in 0..<1000 { #expect(board.summary.counts[.critical] == 100) }
        #expect(board.judged == 301)
    }

    @Test func theMostImportantComesFirst() {
        let make = { (name: String, severity: Finding.Severity, since: Int) in
            Finding(
                .databaseDown, "db:\(name)", severity: severity, since: Timestamp(milliseconds: since), cause: "",
                cure: "")
        }
        var known = make("D", .critical, 9)
        known.silence = FindingSilence(.acknowledged, reason: "", user: "", at: Self.now, until: Self.later)
        let all = [
            make("A", .notice, 5), make("B", .critical, 1), make("C", .critical, 2), known, make("E", .warning, 3),
        ]
        #expect(all.sorted(by: Finding.isMoreImportant).map(\.object) == ["db:C", "db:B", "db:D", "db:E", "db:A"])
    }

    @Test func reportsAreReadAsTheyAreWritten() throws {
        var state = Self.database("HR", node: 12, runs: false)
        (state.why, state.maintenance, state.figures) = ("its server crashed", "disks", [.lagSeconds: 3])
        state.remedy = Finding.Job("db_start", ["db_name": "HR"])
        let report = NodeReport(node: 12, version: 7, states: [state])
        #expect(NodeReport(report.value) == report)
        #expect(NodeReport(["node": 12, "version": 7]) == nil)
        let many = (0...NodeReport.mostStates).map { Self.database("D\($0)", node: 12).value }
        #expect(NodeReport(["node": 12, "version": 7, "states": .list(many)]) == nil)
        let told = try #require(
            ObjectState(["kind": "db", "name": "HR", "actual": .string(String(repeating: "a", count: 9000))]))
        #expect(told.actual.utf8.count <= ObjectState.longestText)
        let wild: Value = [
            "kind": "disk", "name": "12-store", "actual": "free", "node": 12,
            "figures": ["used_bytes": .int(.max), "size_bytes": .int(.min), "not_after": .int(.min)],
        ]
        #expect(try #require(ObjectState(wild)).figures.isEmpty)
        for (kind, figure) in [
            ("disk", "used_bytes"), ("certificate", "not_after"), ("backup", "newest_backup"), ("node", "lag_seconds"),
        ] {
            for number in [0, 1 << 52] {
                let told: Value = [
                    "kind": .string(kind), "name": "x", "actual": "present", "wanted": "present",
                    "figures": .map([figure: .int(number)]),
                ]
                // Whatever is told is judged without a trap.
                let state = try #require(ObjectState(told))
                #expect(FindingRule.findings(in: [state], FindingThresholds(), at: Self.now).count <= 2)
            }
        }
        #expect(ObjectState(["kind": "moon", "name": "HR", "actual": "full"]) == nil)
    }
}
