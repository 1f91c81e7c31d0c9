import Testing
import Values

@testable import confd_client

struct StatusTextTests {
    @Test func theVerdictStandsBeforeWhatIsWrong() {
        let told: Value = [
            "verdict": "failing", "counts": ["critical": 1, "warning": 2, "notice": 0], "muted": 3,
            "findings": [
                [
                    "finding_id": "database-down:db:HR", "code": "database-down", "object": "db:HR",
                    "severity": "critical", "since": "2026-01-02T03:04:05.678Z",
                    "cause": "Database HR should run and does not.", "cure": "Start it with db_start.",
                    "job": ["type": "db_start", "parameters": ["db_name": "HR", "timeout": 30]],
                ],
                [
                    "finding_id": "node-away:node:12", "object": "node:12", "severity": "warning",
                    "since": "2026-01-02T03:04:05.678Z", "cause": "Node 12 is away.", "cure": "Start its machine.",
                    "silence": ["kind": "acknowledged", "reason": "new disks", "user": "admin"],
                ],
            ],
        ]
        #expect(
            Session.text(ofStatus: told, on: Display()).text(hasColours: false) == """
                failing: 1 critical, 2 warnings (3 muted)

                critical  db:HR  since 2026-01-02 03:04 UTC  (database-down:db:HR)
                  Database HR should run and does not.
                  Start it with db_start.
                  confd_client db_start db_name: HR timeout: 30

                warning  node:12  since 2026-01-02 03:04 UTC  (node-away:node:12)
                  Node 12 is away.
                  Start its machine.
                  acknowledged by admin: new disks

                """)
    }

    @Test func wellIsOneWord() {
        let told: Value = [
            "verdict": "well", "counts": ["critical": 0, "warning": 0, "notice": 0], "muted": 0, "findings": [],
        ]
        #expect(Session.text(ofStatus: told, on: Display()).text(hasColours: false) == "well\n")
    }

    @Test func onATerminalTheVerdictHasAColourAndTheTimeIsThatOfHere() {
        let told: Value = [
            "verdict": "degraded", "counts": ["warning": 1],
            "findings": [
                [
                    "finding_id": "node-away:node:12", "object": "node:12", "severity": "warning",
                    "since": "2026-11-29T07:00:00.000Z", "cause": "Node 12 is away.",
                ]
            ],
        ]
        let display = DisplayTests.terminal(hasColours: true)
        #expect(
            Session.text(ofStatus: told, on: display).text(hasColours: true) == """
                \u{1B}[33mdegraded\u{1B}[0m: 1 warning

                \u{1B}[33mwarning\u{1B}[0m  node:12  since 30 min ago  (node-away:node:12)
                  Node 12 is away.

                """)
    }

    @Test func anEventTellsItsTimeByTheClocksOfHereOnATerminal() {
        let event: Value = [
            "type": "job.ended", "time": "2026-11-29T07:00:00.000Z", "job_id": "11.4", "outcome": "ok",
        ]
        #expect(
            Session.text(ofEvent: event, on: DisplayTests.pipe)
                == "2026-11-29T07:00:00.000Z job.ended       job_id=11.4 outcome=ok\n")
        #expect(
            Session.text(ofEvent: event, on: DisplayTests.terminal())
                == "2026-11-29 08:00:00 job.ended       job_id=11.4 outcome=ok\n")
    }
}
