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
            Session.text(ofStatus: told) == """
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
        #expect(Session.text(ofStatus: told) == "well\n")
    }
}
