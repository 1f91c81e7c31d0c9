import Gateway
import JobEngine
import Values

/// Worked values for the document, about a cluster nobody has.
enum Examples {
    static let submission: Value = [
        "type": "node_suspend", "params": ["nid": [12]], "reason": "Replace a disk.",
    ]

    static let job: Value = [
        "job_id": "11.89", "type": "node_suspend", "mode": "modify", "params": ["nid": [12]],
        "stage": "committed", "outcome": "ok", "done": true, "user": "admin", "priority": "normal",
        "reason": "Replace a disk.",
        "base_revision": 17, "revision": 18,
        "result": ["result_code": 0, "result_name": "OK", "result_desc": "Success", "result_revision": 18],
        "sync": [["node": 11, "state": "acknowledged", "acked_at": "2026-01-02T03:04:05.690Z"]],
        "submitted_at": "2026-01-02T03:04:05.678Z", "scheduled_at": "2026-01-02T03:04:05.679Z",
        "executed_at": "2026-01-02T03:04:05.680Z", "finished_at": "2026-01-02T03:04:05.685Z",
        "committed_at": "2026-01-02T03:04:05.690Z", "ended_at": "2026-01-02T03:04:05.690Z",
        "request": ["interface": "rest", "client_addr": "192.0.2.7", "request_id": "0001-000042"],
        "links": [
            "self": "/jobs/11.89", "result": "/jobs/11.89/result", "log": "/jobs/11.89/log",
            "cancel": "/jobs/11.89/cancel", "retry": "/jobs/11.89/retry",
        ],
    ]

    static let problem: Value = [
        "type": "/problems/parameter-missing", "title": "A parameter is missing", "status": 400,
        "detail": "'nid' is missing: One node id or a list of them.", "instance": "/jobs", "code": "parameter-missing",
        "request_id": "0001-000043", "retryable": false,
        "errors": [
            [
                "pointer": "/params/nid", "code": "parameter-missing",
                "detail": "'nid' is missing: One node id or a list of them.",
            ]
        ],
        "result": [
            "result_code": 103, "result_name": "MissingParameter",
            "result_desc": "JobError: 'nid' is missing: One node id or a list of them.",
        ],
    ]

    /// What a request is told that fails for a reason.
    static func problem(_ code: ProblemCode) -> Value {
        if code == .job(.parameterMissing) { return problem }
        let problem = Problem(code, ErrorTable.entry(code).cause)
        return problem.value(instance: "/jobs", requestID: "0001-000043")
    }

    static let problemItem: Value = [
        "code": "rate-limited", "status": 429, "title": "Too many attempts", "retryable": true, "exit_code": 5,
        "result_code": 127, "result_name": "RateLimited", "cause": "More was asked than is answered at once.",
        "cure": "Wait as long as Retry-After says.",
    ]

    static let revision: Value = [
        "revision": 18, "checksum": "0123456789abcdef0123456789abcdef",
        "sha256": "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "user": "admin",
        "time": "2026-01-02T03:04:05.685Z", "job_id": "11.89",
        "acks": [["node": 11, "state": "acknowledged", "acked_at": "2026-01-02T03:04:05.690Z"]],
    ]

    static let jobType: Value = [
        "name": "group_info", "noun": "group", "summary": "Tell what is known of a group.",
        "description": "Tell what is known of a group.", "mode": "read",
        "parameters": [
            [
                "name": "group_name", "types": ["str"], "description": "Name of the group.", "mandatory": true,
                "secret": false,
            ]
        ],
        "substitutes": [:], "allowed_users": [], "allowed_groups": ["exaadm"], "result": "An object.",
        "example": ["group_name": "exausers"],
        "links": ["self": "/job-types/group_info", "submit": "/job-types/group_info/jobs"],
    ]
}
