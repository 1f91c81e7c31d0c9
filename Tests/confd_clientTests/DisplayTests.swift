import Testing
import Values

@testable import confd_client

/// What a list looks like in a pipe and on a terminal, as a whole.
struct DisplayTests {
    static let now = 1_795_937_400_000

    static var pipe: Display {
        var display = Display()
        display.now = now
        return display
    }

    static func terminal(width: Int = 120, hasColours: Bool = false) -> Display {
        var display = pipe
        (display.isTerminal, display.width, display.height, display.hasColours) = (true, width, 24, hasColours)
        display.offset = { _ in 3600 }
        return display
    }

    static let jobs: [Value] = [
        [
            "job_id": "11.7", "type": "db_backup_start", "user": "admin", "stage": "executed",
            "submitted_at": "2026-11-29T07:28:00.000Z", "executed_at": "2026-11-29T07:28:10.000Z",
            "progress": ["percent": 40, "text": "storing"], "reason": "before the update",
        ],
        [
            "job_id": "11.8", "type": "db_stop", "user": "ops", "stage": "submitted",
            "submitted_at": "2026-11-29T05:00:00.000Z",
            "waiting_for": [["kind": "lock", "name": "db:SALES", "holder": "11.7"]],
        ],
        [
            "job_id": "11.2", "type": "db_start", "user": "ops", "stage": "finished", "outcome": "failed",
            "error_code": "job-failed", "submitted_at": "2026-11-20T05:00:00.000Z",
            "executed_at": "2026-11-20T05:00:00.100Z", "ended_at": "2026-11-20T05:00:01.350Z",
        ],
    ]

    @Test func jobsInAPipeAreWholeAndInUTC() {
        #expect(
            Session.table(ofJobs: Self.jobs, on: Self.pipe).text(hasColours: false) == """
                JOB_ID  TYPE             USER   STATE    SUBMITTED_AT              TOOK        NOTE
                11.7    db_backup_start  admin  running  2026-11-29T07:28:00.000Z  1 min 50 s  40 %, storing; before the update
                11.8    db_stop          ops    waiting  2026-11-29T05:00:00.000Z  -           lock db:SALES, which job 11.7 holds
                11.2    db_start         ops    failed   2026-11-20T05:00:00.000Z  1.2 s       job-failed

                """)
    }

    @Test func onATerminalTheyFitAndTimesAreThoseOfHere() {
        #expect(
            Session.table(ofJobs: Self.jobs, on: Self.terminal(width: 80)).text(hasColours: false) == """
                JOB_ID  TYPE             USER   STATE    SUBMITTED_AT      TOOK        NOTE
                11.7    db_backup_start  admin  running  2 min ago         1 min 50 s  40 %, st…
                11.8    db_stop          ops    waiting  2 h ago           -           lock db:…
                11.2    db_start         ops    failed   2026-11-20 06:00  1.2 s       job-fail…

                """)
    }

    @Test func theQueueHasASentenceTheJobsAndTheRules() {
        let queue: Value = [
            "open": 2,
            "rules": [
                [
                    "rule_id": "r12", "action": "limit", "limit": 2, "match": ["type": ["db_*"], "mode": "modify"],
                    "user": "admin", "reason": "new disks", "expires_at": "2026-11-29T09:00:00.000Z",
                ],
                ["rule_id": "r13", "action": "pause", "match": [:], "user": "admin"],
                ["rule_id": "r14", "action": "maintenance", "match": [:], "subject": ["node": 12], "user": "root"],
            ],
        ]
        #expect(
            Session.text(ofQueue: queue, jobs: [Self.jobs[1]], on: Self.pipe).text(hasColours: false) == """
                2 open: 1 waits, the rest is not shown.
                JOB_ID  TYPE     USER  STATE    SUBMITTED_AT              TOOK  NOTE
                11.8    db_stop  ops   waiting  2026-11-29T05:00:00.000Z  -     lock db:SALES, which job 11.7 holds

                RULE_ID  ACTION       EXPIRES_AT                USER   JOBS                    REASON
                r12      limit 2      2026-11-29T09:00:00.000Z  admin  mode modify, type db_*  new disks
                r13      pause        -                         admin  every job               -
                r14      maintenance  -                         root   node 12                 -

                """)
        #expect(
            Session.text(ofQueue: ["open": 0, "rules": []], jobs: [], on: Self.pipe).text(hasColours: false)
                == "No job is open.\n")
    }

    @Test func whatRunsStandsFirstInTop() {
        let text = Session.text(ofTop: [Self.jobs[1], Self.jobs[0]], on: Self.pipe).text(hasColours: false)
        #expect(text.split(separator: "\n").map { $0.prefix(5) } == ["2 ope", "JOB_I", "11.7 ", "11.8 "])
        var small = Self.terminal()
        small.height = 4
        let shown = Session.text(ofTop: [Self.jobs[1], Self.jobs[0]], on: small).text(hasColours: false)
        #expect(shown.split(separator: "\n").count == 3)
        #expect(shown.hasPrefix("2 open: 1 runs, 1 waits; Ctrl-C ends this, and no job.\n"))
    }

    @Test func coloursAreForATerminalAndWhatOthersWroteIsHarmless() {
        let table = Table([["state": "failed", "note": "\u{1B}[2J"]], columns: ["state", "note"])
        #expect(
            table.styled(Self.terminal()).text(hasColours: true)
                == "\u{1B}[1mSTATE\u{1B}[0m   \u{1B}[1mNOTE\u{1B}[0m\n\u{1B}[31mfailed\u{1B}[0m  ^[[2J\n")
        #expect(table.text == "STATE   NOTE\nfailed  \u{1B}[2J\n")
    }

    @Test func aDiffHasItsLinesInColours() {
        let diff = "--- old\n+++ new\n@@ -1 +1 @@\n kept\n-gone\n+new\n"
        #expect(Styled(diff: diff).text(hasColours: false) == diff)
        #expect(
            Styled(diff: diff, indent: "  ").text(hasColours: true) == """
                  \u{1B}[1m--- old\u{1B}[0m
                  \u{1B}[1m+++ new\u{1B}[0m
                  \u{1B}[36m@@ -1 +1 @@\u{1B}[0m
                   kept
                  \u{1B}[31m-gone\u{1B}[0m
                  \u{1B}[32m+new\u{1B}[0m

                """)
        #expect(Styled(diff: "").text(hasColours: true) == "")
    }

    @Test(arguments: [
        (0, "just now"), (-59, "just now"), (30, "in a moment"), (-120, "2 min ago"), (3600, "in 1 h"),
        (-86_399, "23 h ago"), (-86_400, "2026-11-28 08:30"),
    ])
    func aMomentIsToldAsPeopleWould(seconds: Int, text: String) {
        let moment = Timestamp(milliseconds: Self.now + seconds * 1000)
        #expect(Self.terminal().moment(moment) == text)
        #expect(Self.pipe.moment(moment) == moment.description)
    }

    @Test func columnsAreChosenByNameOrPath() throws {
        let value: Value = [["id": 1, "a": ["b": "x"]], ["id": 2]]
        #expect(try OutputForm("table=a.b,id").text(value) == "A.B  ID\nx    1\n-    2\n")
        #expect(throws: Failure.self) { try OutputForm("table=a,,b") }
        #expect(throws: Failure.self) { try OutputForm("table=") }
    }
}
