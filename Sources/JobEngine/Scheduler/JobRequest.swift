package import Access

/// What somebody asks the scheduler to do.
package struct JobRequest: Sendable {
    package let type: String
    package let parameters: [String: Value]
    package let principal: Principal
    package var request: JobRecord.Request
    /// What it is for; free text.
    package var intent: String?
    /// Whether the caller waits for the end in the same call.
    package var waits = false
    /// Leaves no history; for read jobs only.
    package var isVolatile = false
    package var idempotencyKey: String?

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
    /// The commands that would run.
    package var commands: [CommandRecord] = []
    package var locks: [Lock] = []
    /// The revision it would most likely be given.
    package var nextRevision: Int?

    package init() {}
}
