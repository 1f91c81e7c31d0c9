import JobEngine
package import Values

extension Schema {
    /// The words for priorities.
    package static let priorities = JobPriority.allCases.map(\.rawValue)

    /// What is asked and answered about several jobs, jobs that wait, and jobs that are done again.
    package static var jobChanges: [String: Value] {
        [
            "JobWarning": reply(
                "Something to know of a job although nothing is wrong with the request.", needs: ["code", "text"],
                [
                    "code": openWord(JobWarning.Kind.allCases.map(\.rawValue), "The kind of warning."),
                    "text": text("What to look at."),
                ]),
            "JobChange": change, "JobRetry": retry, "JobBatch": batch, "JobBatchSubmission": batchSubmission,
        ]
    }

    private static let change = request(
        "What is to be changed of a job that waits: a merge patch, in which null takes a member away.",
        [
            "priority": word(priorities, "Its new place among those that wait."),
            "timeout_s": timeout("How many seconds it may take, counted from its submission."),
            "reason": text("What it is for.", length: 0...JobRequest.longestIntent),
        ], example: ["priority": "high"])

    private static let retry = request(
        "What is to be different when a job is done again.",
        [
            "reason": text("What it is for; as before if left out.", length: 0...JobRequest.longestIntent),
            "priority": word(priorities, "As before if left out."),
            "timeout_s": timeout("As before if left out."),
        ], example: ["reason": "The disk was replaced."])

    private static let batchSubmission = request(
        "Jobs of which all are taken or none.", needs: ["jobs"],
        [
            "jobs": list(
                ref("JobSubmission"), "1 to \(JobScheduler.longestBatch) jobs; none of them volatile or a dry run.",
                holds: 1...JobScheduler.longestBatch),
            "atomic": ["type": "boolean", "description": "Always true; false is refused."],
        ], example: ["jobs": [Examples.submission], "atomic": true])

    private static let batch = reply(
        "The jobs of a batch, in the order in which they were asked for.", needs: ["job_ids", "items"],
        ["job_ids": list(text("The id of a job.")), "items": list(ref("Job"))],
        example: ["job_ids": ["11.89"], "items": [Examples.job]])

    /// A number that need not be whole.
    package static func number(_ description: String) -> Value {
        ["type": "number", "format": "double", "description": .string(description)]
    }

    /// How many seconds a caller gives a job.
    package static func timeout(_ description: String) -> Value {
        [
            "type": "number", "format": "double", "minimum": .double(0.001),
            "maximum": .int(Int(JobRequest.longestTimeout.components.seconds)), "description": .string(description),
        ]
    }

    /// The ids of jobs a caller makes one wait for.
    package static var dependencies: Value {
        list(
            Schema.jobID("The id of a job."),
            "Jobs that have to end well before this one begins.", holds: 0...JobRequest.mostDependencies)
    }
}
