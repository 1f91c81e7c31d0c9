package import Access
package import Values

/// What somebody asks the scheduler to do.
package struct JobRequest: Sendable {
    /// Name of a definition; that there is one is checked when the request is submitted.
    package let type: String
    /// As the caller sent them: unchecked, secrets in clear.
    package let parameters: [String: Value]
    /// Whose rights count, and who is kept as the one who asked.
    package let principal: Principal
    /// How it came in; kept with the job once the secrets are taken out of its body.
    package var request: JobRecord.Request
    /// What it is for; free text.
    package var intent: String?
    /// Whether the caller waits for the end in the same call.
    package var waits = false
    /// Leaves no history; for read jobs only.
    package var isVolatile = false
    /// Chosen by the client: its next request with the same key gets the first one's job; `nil` makes a job each time.
    package var idempotencyKey: String?
    /// The revision the caller made the change for: with another one at the time of the decision the job is declined.
    /// 0 stands for one that never was.
    package var baseRevision: Int?
    /// Its place among those that wait for the same thing.
    package var priority = JobPriority.normal
    /// How long it may take, the time in the queue included; `nil` for as long as it needs.
    package var timeout: Duration?
    /// Jobs that have to end well before it begins.
    package var dependencies: [JobID] = []
    /// The job it repeats.
    package var retryOf: JobID?
    /// What the caller is to be told with the job.
    package var warnings: [JobWarning] = []

    /// The longest time a job may be given.
    package static let longestTimeout = Duration.seconds(31 * 86_400)
    /// The longest text of what a job is for, in bytes; it is kept with the job, its revision and the audit log.
    package static let longestIntent = 1000
    /// How many jobs one may depend on.
    package static let mostDependencies = 100

    /// By default the caller does not wait, the job is kept, and there is no idempotency key.
    package init(
        type: String, parameters: [String: Value] = [:], principal: Principal, request: JobRecord.Request
    ) {
        self.type = type
        self.parameters = parameters
        self.principal = principal
        self.request = request
    }
}

/// What a job would do, found out without doing it.
package struct DryRun: Sendable, Hashable {
    /// `nil` when the job would be accepted.
    package var error: JobError?
    /// The change of the configuration file as unified text, secrets as `***`; empty when nothing would change.
    package var difference = ""
    /// The same as a merge patch (RFC 7396) of the JSON form; `nil` when nothing would change.
    package var patch: Value?
    /// The commands that would run.
    package var commands: [CommandRecord] = []
    /// What it would claim, whether or not somebody else holds it now.
    package var locks: [Lock] = []
    /// The revision it would most likely be given.
    package var nextRevision: Int?

    /// Of a job that would be accepted and change nothing.
    package init() {}
}

extension Duration {
    /// The time a job may be given, read from a number of seconds; `nil` for what is none.
    package init?(seconds value: Value) {
        let seconds: Double
        switch value {
        case .int(let number): seconds = Double(number)
        case .double(let number): seconds = number
        default: return nil
        }
        let longest = Double(JobRequest.longestTimeout.components.seconds)
        guard seconds.isFinite, seconds >= 0.001, seconds <= longest else { return nil }
        self = .milliseconds(Int((seconds * 1000).rounded()))
    }

    /// What to give instead of another value.
    package static let timeoutHint =
        "give seconds, more than 0 and at most \(JobRequest.longestTimeout.components.seconds)."
}
