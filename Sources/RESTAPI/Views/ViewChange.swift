import Gateway
import Hummingbird
import JobEngine
import Values

/// A change of a view: submits the job as the caller and answers as `POST /jobs` does.
struct ViewChange {
    let served: ServedOperation
    let services: GatewayServices

    func response(to call: Call) async throws -> Response {
        let terms = ViewTerms(served: served, call: call)
        let body = served.operation.hasBody ? try await call.json() : nil
        let members = try members(of: body)
        let arguments = terms.pathArguments.merging(terms.queryArguments) { path, _ in path }
            .merging(members) { path, _ in path }
        let waiting = Waiting(call, longest: services.settings.longestWait)
        let request = try request(call, arguments, body: body, waits: waiting.seconds > 0)
        let jobs = JobsResource(services)
        do {
            if call.query.flag("dry_run") == true { return try await jobs.dryRun(request) }
            let (job, headers) = try await jobs.taken(request, waiting)
            guard job.outcome == .declined, let error = job.error else { return JobsResource.reply(job, headers) }
            var problem = terms.problem(error)
            problem.details["job_id"] = .string(job.id.description)
            problem.headers.append(contentsOf: headers)
            throw problem
        } catch let error as JobError {
            throw terms.problem(error)
        }
    }

    /// The members of the body, which may be any of the job's parameters the path does not give.
    private func members(of body: Value?) throws(Problem) -> [String: Value] {
        var reader = BodyReader(body)
        let members = reader.parameters()
        let known = Set(served.parameters.map(\.name))
        for parameter in served.definition.parameters where !known.contains(parameter.name) {
            if members[parameter.name] == nil { continue }
            reader.refuse(parameter.name, "it is no member here, the path says it.", code: "unknown-member")
        }
        try reader.finish()
        return members
    }

    private func request(
        _ call: Call, _ arguments: [String: Value], body: Value?, waits: Bool
    ) throws(Problem) -> JobRequest {
        let submission = try JobSubmission(
            .members(["params": .map(arguments), "reason": call.query["reason"].map(Value.string)]),
            type: served.definition.name)
        var request = try submission.request(call, waits: waits)
        request.request.body = body ?? .null
        try request.take(
            Precondition(call.request.headers[.ifMatch], current: services.scheduler.configuration))
        return request
    }
}
