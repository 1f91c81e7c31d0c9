import Access
import Application
import JobEngine
package import Values

extension Schema {
    /// What is answered about the past.
    package static var history: [String: Value] {
        [
            "AuditRecord": auditRecord, "ArchivedAudit": archivedAudit, "MissingNode": missingNode,
            "AuditPage": page(
                of: "AuditRecord", example: auditExample,
                more: [
                    "archived": list(
                        ref("ArchivedAudit"),
                        "Where earlier records of nodes are, which no page has; on the last page, when there are any."),
                    "missing": missing,
                ]),
            "HistoryEntry": historyEntry,
            "HistoryPage": page(of: "HistoryEntry", example: historyExample, more: ["missing": missing]),
        ]
    }

    private static let missing = list(
        ref("MissingNode"), "Nodes whose audit records are not in this page; absent when there are none.")

    private static let missingNode = reply(
        "A node that could not be asked.", needs: ["node", "reason"],
        ["node": int("Its id.", from: 1), "reason": text("Why not.")], example: ["node": 13, "reason": "it is away"])

    /// What records of the audit log say, some of it about some kinds of events only.
    private static let recorded: [String: Value] = [
        "seq": int("Its place in the log of the node, from 1 without gaps.", from: 1),
        "node": int("The node that keeps it, and was asked.", from: 1),
        "time": time("When it happened."), "user": text("Who it was, as the caller gave the name."),
        "client_addr": text("The address it came from."),
        "auth": openWord(Principal.Method.allCases.map(\.rawValue), "How the caller proved who it is."),
        "roles": list(text("A group."), "The groups the user had then."), "detail": text("More of it, for people."),
        "interface": openWord(["rest", "xmlrpc", "json", "cli", "internal"], "The dialect of the request."),
        "request_id": text("The request's id in the log."), "trace_id": text("The trace it belongs to."),
        "tls": text("The version of TLS it came by."), "user_agent": text("The program, as it called itself."),
        "method": text("The HTTP method."), "path": text("The path of the request."),
        "job_id": text("The job it is about."), "type": text("The kind of job."), "reason": text("What for."),
        "objects": list(text("An object, such as db:DB1."), "What it is about, by name."),
        "by": text("Who made or ended a session or token, or took a lock away."),
        "session_id": text("The session."), "token_id": text("The token."), "name": text("The token's name."),
        "lockout_id": text("The lock."), "peer_id": text("The user id of the system, of a login by the local socket."),
        "count": int("How many refusals of one cause it stands for."),
        "finding": text("The finding that was raised or cleared."),
        "severity": openWord(Finding.Severity.allCases.map(\.rawValue), "How grave the finding is."),
        "seconds": int("How long a lock lasts, or those refusals took."),
        "rule_id": text("The rule of the queue."), "rule": text("The rule, as JSON."),
        "if_match": text("'*' when a change was asked for whatever there was by then."),
        "pseudonym": text("What stands in the place of a removed user's name."),
        "records": int("How many records were replaced."), "first_seq": int("The first of them."),
        "last_seq": int("The last of them."), "list": int("The number of their list."),
        "digest": text("The digest of their list: of their numbers, hashes and texts."),
        "force": text("'true' when the command was to be ended that ran."), "revision": int("The revision it made."),
    ]

    private static let auditRecord = reply(
        "A record of the audit log; what it has depends on the event.",
        needs: ["seq", "node", "time", "event", "prev_hash", "hash"],
        recorded.merging([
            "event": openWord(AuditEvent.Kind.allCases.map(\.rawValue), "What happened."),
            "prev_hash": text("The hash of the record before it, in hexadecimal."),
            "hash": text("SHA-256 of prev_hash and the record as it is stored, in hexadecimal."),
        ]) { $1 }, example: auditExample)

    private static let archivedAudit = reply(
        "Earlier records of a node.", needs: ["node", "last", "file"],
        [
            "node": int("The node.", from: 1),
            "last": int("The number of the last of them.", from: 1),
            "file": text("The archive it is in, in the folder of archives; the others are in those before it."),
        ], example: ["node": 11, "last": 50_000, "file": "audit-0000000001-0000050000.ndjson.gz"])

    private static let auditExample: Value = [
        "seq": 42, "node": 11, "time": "2026-01-02T03:04:05.678Z", "event": "job", "user": "admin",
        "client_addr": "192.0.2.7",
        "auth": "password", "roles": ["exaadm"], "interface": "rest", "request_id": "en6m215773sy3",
        "job_id": "11.89", "type": "node_suspend", "objects": ["node:12"],
        "prev_hash": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "hash": "89abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234567",
    ]

    private static let historyEntry = reply(
        "Something that happened: a job, a revision, or a record of the audit log.", needs: ["time", "kind"],
        recorded.merging([
            "time": time("When; of a job, when it was submitted."),
            "kind": openWord(
                ["job", "revision"] + AuditEvent.Kind.allCases.map(\.rawValue).filter { $0 != "job" },
                "What happened."),
            "user": text("Who did it."), "job_id": text("The job, or the one that made the revision."),
            "mode": word(JobMode.allCases.map(\.rawValue), "Whether the job may change the configuration."),
            "outcome": openWord(Outcome.allCases.map(\.rawValue), "How the job ended."),
            "stage": openWord(
                Stage.allCases.map(\.rawValue), "How far a job has come that has not ended; before 'executed' it waits."
            ),
            "error_code": text("Why it did not end well."), "ended_at": time("When the job ended."),
            "revision": int("The revision."), "checksum": text("The checksum in the file of the revision."),
            "seq": int("Its place in the audit log of the node."),
            "node": int("The node whose audit log has it; jobs and revisions are of the whole cluster.", from: 1),
        ]) { $1 }, example: historyExample)

    private static let historyExample: Value = [
        "time": "2026-01-02T03:04:05.678Z", "kind": "job", "user": "admin", "objects": ["node:12"],
        "job_id": "11.89", "type": "node_suspend", "mode": "modify", "outcome": "ok", "revision": 18,
        "ended_at": "2026-01-02T03:04:05.690Z",
    ]
}
