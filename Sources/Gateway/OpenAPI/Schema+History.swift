import Access
import JobEngine

extension Schema {
    /// What is answered about the past.
    static var history: [String: Value] {
        [
            "AuditRecord": auditRecord, "AuditPage": page(of: "AuditRecord", example: auditExample),
            "HistoryEntry": historyEntry, "HistoryPage": page(of: "HistoryEntry", example: historyExample),
        ]
    }

    private static let auditRecord = reply(
        "A record of the audit log; further members say more about some kinds of events.",
        needs: ["seq", "time", "event", "prev_hash", "hash"],
        [
            "seq": int("Its place in the log of the node, from 1 without gaps.", from: 1),
            "time": time("When it happened."),
            "event": openWord(AuditEvent.Kind.allCases.map(\.rawValue), "What happened."),
            "user": text("Who it was, as the caller named himself."),
            "client_addr": text("The address it came from."),
            "auth": openWord(Principal.Method.allCases.map(\.rawValue), "How the caller proved who he is."),
            "roles": list(text("A group."), "The groups he had then."),
            "detail": text("More of it, for people."),
            "interface": openWord(["rest", "xmlrpc", "json", "cli", "internal"], "The dialect of the request."),
            "request_id": text("The request's id in the log."), "trace_id": text("The trace it belongs to."),
            "tls": text("The version of TLS it came by."), "user_agent": text("The program, as it called itself."),
            "method": text("The HTTP method."), "path": text("The path of the request."),
            "job_id": text("The job it is about."), "type": text("The kind of job."), "reason": text("What for."),
            "objects": list(text("An object, such as db:DB1."), "What it is about, by name."),
            "prev_hash": text("The hash of the record before it, in hexadecimal."),
            "hash": text("SHA-256 of prev_hash and the record as it is stored, in hexadecimal."),
        ], example: auditExample)

    private static let auditExample: Value = [
        "seq": 42, "time": "2026-01-02T03:04:05.678Z", "event": "job", "user": "admin", "client_addr": "192.0.2.7",
        "auth": "password", "roles": ["exaadm"], "interface": "rest", "request_id": "en6m215773sy3",
        "job_id": "11.89", "type": "node_suspend", "objects": ["node:12"],
        "prev_hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "hash": "89abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567",
    ]

    private static let historyEntry = reply(
        "Something that happened: a job, a revision, or a record of the audit log.", needs: ["time", "kind"],
        [
            "time": time("When; of a job, when it was submitted."),
            "kind": openWord(
                ["job", "revision"] + AuditEvent.Kind.allCases.map(\.rawValue).filter { $0 != "job" },
                "What happened."),
            "user": text("Who did it."), "objects": list(text("An object, such as db:DB1."), "What it is about."),
            "job_id": text("The job, or the one that made the revision."), "type": text("The kind of job."),
            "outcome": openWord(Outcome.allCases.map(\.rawValue), "How the job ended."),
            "stage": openWord(
                Stage.allCases.map(\.rawValue), "How far a job has come that has not ended; before 'executed' it waits."
            ),
            "error_code": text("Why it did not end well."), "ended_at": time("When the job ended."),
            "revision": int("The revision."), "reason": text("What for."), "detail": text("More of it, for people."),
            "client_addr": text("The address it came from."), "request_id": text("The request's id in the log."),
            "seq": int("Its place in the audit log."),
        ], example: historyExample)

    private static let historyExample: Value = [
        "time": "2026-01-02T03:04:05.678Z", "kind": "job", "user": "admin", "objects": ["node:12"],
        "job_id": "11.89", "type": "node_suspend", "mode": "modify", "outcome": "ok", "revision": 18,
        "ended_at": "2026-01-02T03:04:05.690Z",
    ]
}
