import Access
import Gateway
import JobEngine
package import Values

extension Schema {
    /// What is answered about everything but jobs.
    package static var resources: [String: Value] {
        [
            "Problem": problem, "ProblemFault": fault, "ProblemMaster": problemMaster, "LoginPrompt": prompt,
            "JobErrorDetails": errorDetails, "ProblemList": problemList, "ProblemItem": problemItem,
            "JobType": jobType, "JobTypeList": jobTypeList, "JobTypeParameter": jobTypeParameter,
            "JobTypeLinks": jobTypeLinks, "Revision": revision,
            "RevisionPage": page(of: "Revision", example: Examples.revision), "RevisionDiff": revisionDiff,
            "RevisionChange": revisionChange, "EXAConf": configuration, "EXAConfPatch": patch,
            "EXAConfRollback": rollback,
            "EXAConfCheck": check, "EXAConfProblem": checkProblem, "ServiceIndex": index,
            "OpenAPIDocument": openAPIDocument,
        ]
    }

    /// What else there is to know of errors, each fact of some codes only.
    private static let errorFacts: [String: Value] = [
        "allowed_groups": list(text("A group."), "Those who may."),
        "allowed_users": list(text("A user."), "Those who may, besides the groups."),
        "current_revision": int("The revision there is now, when another one was named.", from: 1),
        "diff": text("What has changed since the revision that was named, as a unified diff."),
        "nodes": list(int("A node."), "The nodes that are in the way."),
        "dependency": text("The job that did not end well."),
        "dependency_outcome": openWord(Outcome.allCases.map(\.rawValue), "How that one ended, where it is known."),
        "rule_id": text("The rule of the queue that refuses it."),
        "archive": text("The file in the folder of archives that has it."), "archived_at": time("When it went there."),
    ]

    private static let errorDetails = reply(
        "What else there is to know of the error of a job.",
        errorFacts.merging(["errors": list(ref("ProblemFault"), "Every fault of its parameters.")]) { $1 })

    private static let problemMaster = reply(
        "The node to ask instead.", needs: ["node", "address", "name"],
        ["node": int("Its id."), "address": text("Where it is reached."), "name": text("Its name.")])

    private static let prompt = reply(
        "Something a login asks for.", needs: ["text", "echo"],
        ["text": text("The question."), "echo": truth("Whether the answer may be seen while it is typed.")])

    private static let problem = reply(
        "Problem details (RFC 9457): what is wrong and what to do.",
        needs: ["type", "title", "status", "detail", "instance", "code", "request_id", "retryable"],
        errorFacts.merging([
            "type": text("Path of the page that explains it."), "title": text("The kind of problem."),
            "status": int("The HTTP status.", from: 300, to: 599),
            "detail": text("What is wrong this time and what to do."), "instance": text("The path of the request."),
            "code": openWord(ProblemCode.all.map(\.name), "The kind of problem, for programs."),
            "request_id": text("The request's id in the log."),
            "retryable": truth("Whether the same request can succeed later."),
            "errors": list(ref("ProblemFault"), "Every fault of the request."),
            "result": ref("JobResult"), "master": ref("ProblemMaster"),
            "job_id": text("The job that was declined."),
            "challenge_id": text("The login that goes on: POST its answers to /sessions/{challenge_id}."),
            "prompts": list(ref("LoginPrompt"), "What it asks for."),
            "messages": list(text("A message."), "What it says to the user."),
            "expires_in_s": int("For how many seconds it waits for answers."),
        ]) { $1 }, example: Examples.problem)

    private static let fault = reply(
        "One fault of a request; one of pointer, parameter and header says where.", needs: ["code", "detail"],
        [
            "pointer": text("JSON pointer into the body."), "parameter": text("Name of a query parameter."),
            "header": text("Name of a header field."), "code": text("The kind of fault."),
            "detail": text("What is wrong and what to give instead."),
        ])

    private static let problemList = reply(
        "All error codes.", needs: ["items"], ["items": list(ref("ProblemItem"))],
        example: ["items": [Examples.problemItem]])

    private static let problemItem = reply(
        "An error code.", needs: ["code", "status", "title", "retryable", "exit_code"],
        [
            "code": text("The word in problems."), "status": int("The HTTP status."), "title": text("What it means."),
            "retryable": truth("Whether the same request can succeed later."),
            "exit_code": int("The exit status of the command line."),
            "result_code": int("The code in results of jobs."), "result_name": text("The name in results of jobs."),
            "cause": text("How it comes about."), "cure": text("What to do about it."),
        ])

    private static let jobType = reply(
        "A kind of job that can be submitted.",
        needs: [
            "name", "noun", "summary", "description", "mode", "parameters", "substitutes", "allowed_users",
            "allowed_groups", "result", "example", "links",
        ],
        [
            "name": text("The name on the wire."), "noun": text("What it is about."),
            "summary": text("What it does."), "description": text("More of the same, in Markdown."),
            "mode": word(JobMode.allCases.map(\.rawValue), "Whether it may change the configuration."),
            "parameters": list(ref("JobTypeParameter"), "Mandatory ones first."),
            "substitutes": map(
                "Parameter to those that can be given in its place.", of: list(text("A parameter."))),
            "allowed_users": list(text("A user."), "Users who may run it; _owner is who owns the object."),
            "allowed_groups": list(text("A group."), "Groups whose members may run it."),
            "result": text("What result_output holds, in words."), "example": map("Parameters of a worked call."),
            "links": ref("JobTypeLinks"),
        ], example: Examples.jobType)

    private static let jobTypeList = reply(
        "All kinds of jobs, by name.", needs: ["items"], ["items": list(ref("JobType"))],
        example: ["items": [Examples.jobType]])

    private static let jobTypeParameter = reply(
        "A parameter of a job.", needs: ["name", "types", "description", "mandatory", "secret"],
        [
            "name": text("The name on the wire."),
            "types": list(
                openWord(ParameterType.allCases.map(\.rawValue), "A type."), "The types it takes; one suffices."),
            "description": text("What it means."), "mandatory": truth("Whether it, or a substitute, has to be given."),
            "default": any("What holds when it is left out."), "allowed": list(any("A value."), "The only values."),
            "minimum": int("The least number."), "maximum": int("The greatest number."),
            "holds": text("What a list or dict holds, in words."),
            "secret": truth("It is never stored, logged or shown."), "example": any("A worked value."),
        ])

    private static let jobTypeLinks = reply(
        "Paths of what belongs to the job type.", needs: ["self", "submit"],
        ["self": text("The job type."), "submit": text("POST submits a job of this type.")])

    private static let revision = reply(
        "A revision of the configuration.", needs: ["revision", "checksum", "sha256", "user", "time", "acks"],
        [
            "revision": int("Its number, from 1.", from: 1), "checksum": text("The checksum in the file."),
            "sha256": text("The digest of the whole file."), "user": text("Who made it."),
            "reason": text("What for."), "time": time("When it was decided."), "job_id": text("The job that made it."),
            "acks": list(ref("NodeAcknowledgement"), "Which nodes have it."),
        ], example: Examples.revision)

    private static let revisionDiff = reply(
        "What changed between two revisions.", needs: ["revision", "against", "changes", "unified"],
        [
            "revision": int("The newer one."), "against": int("The older one; 0 is before the first."),
            "changes": list(ref("RevisionChange"), "Key by key."), "unified": text("The same as a unified diff."),
        ], example: ["revision": 2, "against": 1, "changes": [], "unified": ""])

    private static let revisionChange = reply(
        "A key, or a section, that is not what it was.", needs: ["section"],
        [
            "section": list(text("The header of a section."), "The way to it, from outside in."),
            "key": text("Absent for a whole section."), "old": text("Absent when it is new."),
            "new": text("Absent when it is gone."),
        ])

    private static let configuration: Value = [
        "type": "object", "additionalProperties": true,
        "description": "The configuration: sections as objects by their header, keys as strings.",
        "example": ["Global": ["Revision": "18", "ClusterName": "cluster1"]],
    ]

    private static let openAPIDocument: Value = [
        "type": "object", "additionalProperties": true, "description": "An OpenAPI document.",
        "example": ["openapi": "3.0.3", "info": ["title": "confd", "version": "0.1.0"], "paths": [:]],
    ]

    private static let patch: Value = [
        "type": "object", "additionalProperties": true,
        "description": "What is to change of the configuration: sections as objects, keys as strings, null removes.",
        "example": ["Global": ["Timezone": "Europe/Prague", "SearchDomains": .null]],
    ]

    private static let rollback = request(
        "Which revision to go back to.", needs: ["to"],
        [
            "to": int("Its number.", from: 1),
            "reason": text("What for; kept with the job.", length: 0...JobRequest.longestIntent),
        ],
        example: ["to": 16, "reason": "INC-42"])

    private static let check = reply(
        "Whether a file or a patch could become the configuration.", needs: ["valid", "problems"],
        [
            "valid": truth("Whether nothing is wrong."), "problems": list(ref("EXAConfProblem"), "All that is wrong."),
            "diff": text("What it would change, as a unified diff; absent when the file cannot be read."),
            "patch": map("The same as a merge patch (RFC 7396)."),
        ], example: ["valid": true, "problems": [], "diff": "", "patch": [:]])

    private static let checkProblem = reply(
        "Something that is wrong.", needs: ["detail"],
        [
            "line": int("The line of a file, from 1."), "pointer": text("JSON pointer into a patch."),
            "section": text("The section of a file."), "key": text("The key in it."),
            "detail": text("What is wrong and what to do."),
        ])

    private static let index = reply(
        "The way to everything else.", needs: ["name", "links"],
        [
            "name": text("The program."), "version": text("Its version."),
            "links": map("Paths by name.", of: text("A path.")),
        ], example: ["name": "confd", "version": "0.1.0", "links": ["jobs": "/jobs"]])
}
