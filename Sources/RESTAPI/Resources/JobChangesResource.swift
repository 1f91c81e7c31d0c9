import Application
import Gateway
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// What can be done with a job after it was taken: change it while it waits, do it again once it has ended.
struct JobChangesResource: Resource {
    private let services: GatewayServices
    private let jobs: JobsResource

    init(_ services: GatewayServices) {
        self.services = services
        jobs = JobsResource(services)
    }

    var routes: [Route] {
        [
            Route(.patch, "/jobs/{job_id}", id: "changeJob", summary: "Change a job that waits", handler: change)
                .with { $0.body = .json }
                .answers("jobs", "Job") { $0.request = "JobChange" },
            Route(.post, "/jobs/{job_id}/retry", id: "retryJob", summary: "Do a job again", handler: retry)
                .with {
                    $0.body = .json; $0.query = [.wait]
                }
                .answers("jobs", "Job") {
                    Contract.submission(&$0); $0.request = "JobRetry"; $0.needsBody = false
                },
        ]
    }

    private func change(_ call: Call) async throws -> Response {
        _ = try call.bodyType(among: [.mergePatch, .json])
        var reader = BodyReader(.map(try await call.object(limit: 64 * 1024)))
        var amendment = JobAmendment()
        amendment.priority = reader.change("priority") {
            $0.string.flatMap(JobPriority.init)
        } hint: {
            "give one of \(JobPriority.allCases.map(\.rawValue).joined(separator: ", "))."
        }
        amendment.timeout = reader.timeoutChange("timeout_s")
        amendment.reason = reader.change("reason") {
            $0.string.flatMap { $0.utf8.count <= JobRequest.longestIntent ? $0 : nil }
        } hint: {
            "give a string of at most \(JobRequest.longestIntent) bytes."
        }
        try reader.finish()
        let id = try await jobs.visibleJob(call).id
        let job = try await services.jobs.amend(
            id, amendment, by: try call.caller, asking: call.origin(dialect: "rest"))
        return Reply.json(JobRepresentation(job: job).value)
    }

    private func retry(_ call: Call) async throws -> Response {
        let body = try await call.json()
        var reader = BodyReader(body)
        let reason = reader.reason()
        let priority = reader.word("priority", JobPriority.self)
        let timeout = reader.timeoutChange("timeout_s")
        try reader.finish()
        let job = try await jobs.visibleJob(call)
        var origin = call.origin(dialect: "rest")
        origin.body = body ?? [:]
        var request = try services.scheduler.request(repeating: job, principal: try call.caller, request: origin)
        if let reason { request.intent = reason }
        if let priority { request.priority = priority }
        switch timeout {
        case .keep: break
        case .remove: request.timeout = nil
        case .set(let duration): request.timeout = duration
        }
        let waiting = Waiting(call, longest: services.settings.longestWait)
        request.waits = waiting.seconds > 0
        request.idempotencyKey = try call.idempotencyKey
        let (made, headers) = try await jobs.taken(request, waiting)
        return JobsResource.reply(made, headers)
    }
}

extension BodyReader {
    /// A member of a merge patch (RFC 7396): left out it stays, null takes it away.
    fileprivate mutating func change<Wrapped: Sendable & Hashable>(
        _ name: String, _ read: (Value) -> Wrapped?, hint: () -> String
    ) -> JobAmendment.Change<Wrapped> {
        guard let value = value(name) else { return .keep }
        if value == .null { return .remove }
        if let read = read(value) { return .set(read) }
        refuse(name, hint())
        return .keep
    }
}
