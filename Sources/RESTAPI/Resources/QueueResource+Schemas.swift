import JobEngine
import OpenAPI
import Values

extension QueueResource {
    private static let rule: Value = [
        "rule_id": "r12", "action": "limit", "limit": 2, "match": ["type": ["db_*"], "mode": "modify"], "order": 500,
        "owner": "ops", "user": "admin", "reason": "Storage is being moved.",
        "created_at": "2026-01-02T03:04:05.678Z", "expires_at": "2026-01-02T05:00:00.000Z",
    ]

    static let schemas: [String: Value] = [
        "QueueMatch": Schema.request(
            "Which jobs a rule speaks of; what is left out holds for every job.",
            [
                "type": Schema.list(
                    Schema.text("A type; a '*' at the end stands for any rest."), "One of these types."),
                "mode": Schema.word(JobMode.allCases.map(\.rawValue), "Jobs that read, or that modify."),
                "user": Schema.list(Schema.text("A user."), "Asked for by one of these."),
                "after_job": Schema.jobID("Taken later than this one."),
            ]),
        "QueueRule": Schema.reply(
            "A rule on which jobs may begin.",
            needs: ["rule_id", "action", "match", "order", "owner", "user", "created_at"],
            properties.merging([
                "rule_id": Schema.text("Names the rule for ever."), "user": Schema.text("Who made it."),
                "created_at": Schema.time("When it was made."), "subject": Schema.ref("MaintenanceSubject"),
            ]) { first, _ in first }, example: rule),
        "MaintenanceSubject": Schema.reply(
            "What is worked on: a node, and so the databases that live there, or a database. Absent with other rules.",
            needs: [],
            ["node": Schema.int("The id of the node.", from: 1), "database": Schema.text("The name of the database.")],
            example: ["node": 12]),
        "QueueRuleRequest": Schema.request(
            "A rule to be made.", needs: ["action"], properties,
            example: ["action": "pause", "match": ["type": ["db_*"]], "reason": "Storage is being moved."]),
        "QueueRuleList": Schema.reply(
            "Rules in force, in the order they are looked at.", needs: ["items"],
            ["items": Schema.list(Schema.ref("QueueRule"))], example: ["items": [rule]]),
        "Queue": Schema.reply(
            "How much there is to do.", needs: ["open", "queued", "limit", "stages", "waiting_for", "rules"],
            [
                "open": Schema.int("Jobs that have not ended."),
                "queued": Schema.int("Those of them that have not begun."),
                "limit": Schema.int("How many may be open; more are refused."),
                "stages": Schema.map("Open jobs by stage.", of: Schema.int("How many.")),
                "waiting_for": Schema.map(
                    "Jobs that wait, by the kind of thing they wait for.", of: Schema.int("How many.")),
                "oldest_submitted_at": Schema.time("When the job came that waits longest; absent when none does."),
                "oldest_age_s": Schema.number("How long that is ago, in seconds."),
                "rules": Schema.list(Schema.ref("QueueRule"), "Rules in force, in the order they are looked at."),
            ],
            example: [
                "open": 3, "queued": 1, "limit": 100_000, "stages": ["submitted": 1, "executed": 2],
                "waiting_for": ["drain": 1], "oldest_submitted_at": "2026-01-02T03:04:05.678Z", "oldest_age_s": 12,
                "rules": [rule],
            ]),
    ]

    private static let properties: [String: Value] = [
        "action": Schema.openWord(
            QueueRule.Action.names,
            "pause: jobs are taken and wait. reject: they are refused. limit: so many may be on their way. accept: rules "
                + "behind this one do not count. Rules that are told may also be of maintenance: the job maintenance_start "
                + "makes these."),
        "limit": Schema.int(
            "How many jobs may be on their way; with the action 'limit' alone.", from: QueueRule.limits.lowerBound,
            to: QueueRule.limits.upperBound),
        "match": Schema.ref("QueueMatch"),
        "order": Schema.int(
            "Rules with a lower one are looked at first; among equals the older one.", from: 0, to: 1000),
        "owner": Schema.text(
            "Who answers for it: a name in free form; the user if left out.", length: QueueRuleRequest.ownerLength),
        "reason": Schema.text("What it is for.", length: 0...JobRequest.longestIntent),
        "expires_at": Schema.time("When it ends by itself; never if left out."),
    ]
}
