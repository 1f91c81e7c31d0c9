import Application
import JobEngine
import OpenAPI
import Values

extension FindingsResource {
    private static let finding: Value = [
        "finding_id": "database-down:db:SALES", "code": "database-down", "object": "db:SALES", "node": 11,
        "severity": "critical", "since": "2026-01-02T03:04:05.678Z",
        "cause": "Database SALES should run and does not: its server crashed.",
        "cure": "Start it with db_start. If it ends again, its log in logs/databases/SALES says why.",
        "job": ["type": "db_start", "parameters": ["db_name": "SALES"]],
    ]

    static let schemas: [String: Value] = [
        "FindingJob": Schema.reply(
            "A job that cures a finding, as `POST /jobs` takes it.", needs: ["type", "parameters"],
            ["type": Schema.text("Its type."), "parameters": Schema.map("Its parameters.")],
            example: ["type": "db_start", "parameters": ["db_name": "SALES"]]),
        "FindingSilence": Schema.reply(
            "Somebody's word that a finding is known.", needs: ["kind", "reason", "user", "at", "until"],
            [
                "kind": Schema.openWord(
                    FindingSilence.Kind.allCases.map(\.rawValue),
                    "muted: it does not count. acknowledged: somebody looks after it; it counts."),
                "reason": Schema.text("Why."), "user": Schema.text("Who said so."),
                "at": Schema.time("When it was said."), "until": Schema.time("When it ends by itself."),
            ]),
        "Finding": Schema.reply(
            "Something that is not as it should be.",
            needs: ["finding_id", "code", "object", "severity", "since", "cause", "cure"],
            [
                "finding_id": Schema.text("Names it, as long as the same is wrong with the same object."),
                "code": Schema.text("What kind of finding it is; a word that never changes its meaning."),
                "object": Schema.text("What it is about, as in db:SALES or node:12."),
                "node": Schema.int("The node that knows of it; absent where every node does."),
                "severity": Schema.openWord(
                    Finding.Severity.allCases.map(\.rawValue),
                    "critical: something that should work does not. warning: something will fail, or works with less than it "
                        + "should have. notice: worth knowing."),
                "since": Schema.time("Since when."), "cause": Schema.text("What is wrong."),
                "cure": Schema.text("What to do about it."), "job": Schema.ref("FindingJob"),
                "silence": Schema.ref("FindingSilence"),
            ], example: finding),
        "FindingList": Schema.reply(
            "What is wrong, the most important first.", needs: ["items"],
            ["items": Schema.list(Schema.ref("Finding"))], example: ["items": [finding]]),
        "FindingSilenceRequest": Schema.request(
            "A word on a finding.", needs: ["reason", "until"],
            [
                "reason": Schema.text("Why.", length: 1...JobRequest.longestIntent),
                "until": Schema.time("When it ends by itself; at most a year away."),
            ], example: ["reason": "The disk comes on Monday.", "until": "2026-01-05T12:00:00Z"]),
        "HealthSummary": Schema.reply(
            "How the cluster is, as the node that is asked knows it.",
            needs: ["verdict", "counts", "muted", "findings"],
            [
                "verdict": Schema.openWord(
                    HealthSummary.Verdict.allCases.map(\.rawValue),
                    "failing: a critical finding counts. degraded: a warning does. well: neither does."),
                "counts": Schema.map(
                    "How many findings count, by severity.", of: Schema.int("How many.", from: 0)),
                "muted": Schema.int("How many are muted.", from: 0),
                "findings": Schema.list(Schema.ref("Finding"), "Those that count, the most important first."),
            ],
            example: [
                "verdict": "failing", "counts": ["critical": 1, "warning": 0, "notice": 0], "muted": 0,
                "findings": [finding],
            ]),
    ]
}
