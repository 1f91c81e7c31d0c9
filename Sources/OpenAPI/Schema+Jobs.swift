import Access
import JobEngine
import Values

extension Schema {
    /// What is answered and asked about jobs.
    static var jobs: [String: Value] {
        [
            "Job": job, "JobPage": page(of: "Job", example: Examples.job), "JobSubmission": submission,
            "JobOfTypeSubmission": submissionOfType,
            "JobParameters": map("Parameters of a job by name; GET /job-types/{name} tells them."),
            "JobResult": result, "JobOrigin": origin, "JobLinks": jobLinks, "JobObstacle": obstacle,
            "JobProgress": progress,
            "JobCommand": command, "JobStoredAnswer": storedAnswer, "JobCancellation": cancellation,
            "JobDryRun": dryRun, "JobLock": lock,
            "JobLog": log, "JobLogLine": logLine, "NodeAcknowledgement": acknowledgement,
            "JobOutcomeResult": outcomeResult,
        ].merging(jobChanges) { first, _ in first }
    }

    /// The members of a job.
    static let jobMembers: [String: Value] = {
        var properties: [String: Value] = ["links": ref("JobLinks")]
        for field in JobField.all {
            if let name = field.name { properties[name] = schema(of: field.form, field.text) }
        }
        return properties
    }()

    private static let job = reply(
        "A job: what was asked of the cluster and what became of it.",
        needs: JobField.all.filter(\.isAlways).compactMap(\.name) + ["links"], jobMembers, example: Examples.job)

    private static func schema(of form: JobField.Form, _ description: String) -> Value {
        switch form {
        case .text: text(description)
        case .truth: truth(description)
        case .int: int(description)
        case .number: number(description)
        case .moment: time(description)
        case .jobID: text("The id of a job.")
        case .word(let words): word(words, description)
        case .openWord(let words): openWord(words, description)
        case .object(let name): ref(name)
        case .list(let element): list(schema(of: element, ""), description)
        case .group(let members): reply(description, members.mapValues { schema(of: $0, "") })
        }
    }

    private static let resultProperties: [String: Value] = [
        "result_code": int("0 for success; every code is explained at /problems."),
        "result_name": text("OK, or the class of the error."),
        "result_desc": text("Success, or the message."),
        "result_output": any("What the job returned; its form depends on the type of the job."),
        "result_revision": int("The configuration revision the job was given."),
    ]

    private static let result = reply(
        "What a job returned, in the members ConfD's clients know.",
        needs: ["result_code", "result_name", "result_desc"], resultProperties)

    private static var outcomeResult: Value {
        var properties = resultProperties
        properties["job_id"] = text("The job that is spoken of.")
        properties["answers"] = list(
            ref("JobStoredAnswer"),
            "Answers of commands that are too long for result_output, which then says so in words.")
        return reply(
            "What a job returned; result_code 5 while it has not ended.",
            needs: ["job_id", "result_code", "result_name", "result_desc"], properties,
            example: ["job_id": "11.89", "result_code": 0, "result_name": "OK", "result_desc": "Success"])
    }

    static let submissionProperties: [String: Value] = [
        "base_revision": int("The revision the change is made for; with another one it is declined.", from: 1),
        "reason": text("What the job is for; kept with it.", length: 0...JobRequest.longestIntent),
        "priority": word(priorities, "Its place among those that wait for the same thing; normal if left out."),
        "timeout_s": timeout("How many seconds the job may take, the time in the queue included."),
        "depends_on": dependencies,
        "volatile": truth("Leaves no history behind; jobs that only read can be volatile."),
    ]

    private static var submission: Value {
        var properties = submissionProperties
        properties["type"] = text("The job's type, one of /job-types.")
        properties["params"] = ref("JobParameters")
        return request(
            "A job to be done. With \"dry_run\": true nothing is done and the answer is a JobDryRun; programs made from "
                + "this document send the same body to /jobs/dry-run instead.",
            needs: ["type"], properties, example: Examples.submission)
    }

    private static var submissionOfType: Value {
        var properties = submissionProperties
        properties["params"] = ref("JobParameters")
        return request(
            "A job of the type the path names.", properties, example: Examples.submission.without("type"))
    }

    private static let cancellation = request(
        "Why a job is to be stopped.",
        [
            "reason": text("Kept in the audit log.", length: 0...JobRequest.longestIntent),
            "force": truth("Ends the command that runs, if it still does after a grace time; for root."),
        ],
        example: ["reason": "Wrong node."])

    private static let origin = reply(
        "How the job came in.", needs: ["interface"],
        [
            "interface": openWord(["rest", "xmlrpc", "json", "cli", "internal"], "The interface it came through."),
            "client_addr": text("The address it came from."), "request_id": text("The request's id in the log."),
            "method": text("The HTTP method."), "path": text("The path of the URL."),
            "user_agent": text("The program, as it called itself."),
            "trace_id": text("The trace it belongs to, as its traceparent said."),
            "tls": text("The version of TLS it came by."),
            "body": any("The request, secrets as ***."), "waits": truth("The caller waited for the end."),
            "volatile": truth("No history was wanted."),
            "idempotency_key": text("The caller's own name of the request."),
        ])

    private static let jobLinks = reply(
        "Paths of what belongs to the job.", needs: ["self", "result", "log", "cancel", "retry"],
        [
            "self": text("The job."), "result": text("What it returned."), "log": text("What its commands said."),
            "cancel": text("POST asks it to stop."), "retry": text("POST does it again, once it has ended."),
            "answers": list(text("An answer."), "Answers too long for the job's record; absent where there are none."),
        ])

    private static let progress = reply(
        "How far a job is while its commands run.", needs: ["text"],
        [
            "percent": int("0 to 100; absent when nobody can tell.", from: 0),
            "text": text("What is being done."),
        ])

    private static let obstacle = reply(
        "One reason why a job does not run yet.", needs: ["kind", "name"],
        [
            "kind": openWord(
                ["lock", "priority", "dependency", "drain", "sync", "node", "job"], "What kind of thing is in the way."),
            "name": text("What is held, such as db:DB1; the job or node waited for; the rule in the way."),
            "holder": text("The job that holds it, stands in front or is waited for."),
            "since": time("Since when it waits for that kind of thing."),
        ])

    private static let command = reply(
        "One command of a job.", needs: ["action", "node", "arguments"],
        [
            "action": text("What was run."), "node": int("The node it ran on."),
            "beside": truth("Whether it ran beside the command before it, on another node; absent for false."),
            "arguments": map("Its arguments, secrets as ***."), "started_at": time("Absent until it started."),
            "ended_at": time("Absent until it ended."), "exit_code": int("0 for success."),
            "output": any("What it answered."), "stored_answer": ref("JobStoredAnswer"),
            "message": text("What it said when it failed."),
            "undo": text("The action that takes its effect back."), "undone_at": time("When that was done."),
        ])

    private static let storedAnswer = reply(
        "An answer of a command that is too long for the job's record: its node has it in a file.",
        needs: ["bytes", "sha256"],
        [
            "bytes": int("Its size, as JSON.", from: 1), "sha256": text("SHA-256 of it, in hexadecimal digits."),
            "node": int("The node that has it."), "path": text("Path it is had at."),
        ])

    private static let acknowledgement = reply(
        "How a node stands to a revision.", needs: ["node", "state"],
        [
            "node": int("The node."),
            "state": openWord(
                Acknowledgement.State.allCases.map(\.rawValue), "acknowledged, or why the node does not have it."),
            "acked_at": time("When the node had it on its disk."),
        ])

    private static let lock = reply(
        "What a job claims while it runs.", needs: ["name", "exclusive"],
        ["name": text("What is claimed, such as db:DB1."), "exclusive": truth("Whether nobody else may hold it.")])

    private static let dryRun = reply(
        "What a job would do.", needs: ["dry_run", "outcome", "diff", "commands", "would_lock"],
        [
            "dry_run": truth("Always true."), "outcome": openWord(["ok", "declined"], "Whether it would be accepted."),
            "result": ref("JobResult"), "error_code": text("Why it would be declined."),
            "error_details": ref("JobErrorDetails"),
            "diff": text("The change of the configuration, as a unified diff."),
            "commands": list(ref("JobCommand"), "What it would run."),
            "would_lock": list(ref("JobLock"), "What it would claim."),
            "patch": map("The change as a merge patch (RFC 7396); absent when nothing would change."),
            "next_revision": int("The revision it would make if it came next."),
        ],
        example: [
            "dry_run": true, "outcome": "ok", "diff": "", "commands": [], "would_lock": [], "next_revision": 18,
        ])

    private static let log = reply(
        "Lines of what a job's commands said.", needs: ["lines", "next_after", "complete"],
        [
            "lines": list(ref("JobLogLine")), "next_after": int("Give it as 'after' for the lines behind these."),
            "complete": truth("Whether no line will follow."),
        ], example: ["lines": [], "next_after": 0, "complete": true])

    private static let logLine = reply(
        "A line of output.", needs: ["n", "command", "stream", "text"],
        [
            "n": int("Its number, from 1; it never changes."), "time": time("When its command ended."),
            "command": int("The index of its command."),
            "stream": openWord(["stdout", "stderr"], "Where it was said."),
            "text": text("Without the end of the line."),
        ])
}
