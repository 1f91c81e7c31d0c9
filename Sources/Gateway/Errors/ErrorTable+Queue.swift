import HTTPTypes
import JobEngine

extension ErrorTable {
    /// What was wrong with a job's place in the queue.
    static func entry(queue code: JobError.Code) -> Entry {
        switch code {
        case .dependencyFailed:
            row(
                .job(code), .ok, title: "A job this one depends on did not end well",
                cause: "A job named in 'depends_on' was cancelled, declined, failed, or is no longer kept.",
                cure: "See to the job the result names, then submit both again.")
        case .jobNotQueued:
            row(
                .job(code), .conflict, title: "The job has begun",
                cause: "Priority, time and reason can be changed only while a job waits.",
                cure: "Cancel the job, or let it end.")
        case .jobNotRepeatable:
            row(
                .job(code), .conflict, title: "The job cannot be repeated from its record",
                cause: "It was given passwords or keys, and those are never stored.",
                cure: "Submit it again with them.")
        default:
            row(
                .job(.ruleNotFound), .notFound, title: "There is no such rule",
                cause: "The rule was taken away, its time was over, or it never was.",
                cure: "GET /queue/rules lists those in force.")
        }
    }
}
