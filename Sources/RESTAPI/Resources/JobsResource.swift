import Access
import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/jobs`: what was asked of the cluster and what became of it.
struct JobsResource: Resource {
    let services: GatewayServices
    var scheduler: JobScheduler { services.scheduler }

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] { writingRoutes + readingRoutes }

    private var writingRoutes: [Route] {
        [
            Route(.post, "/jobs", id: "submitJob", summary: "Submit a job") { try await submit($0, type: nil) }
                .with {
                    $0.body = .json; $0.query = [.wait]
                }
                .answers("jobs", "Job") {
                    Contract.submission(&$0); $0.request = "JobSubmission"
                },
            Route(.post, "/jobs/dry-run", id: "dryRunJob", summary: "Find out what a job would do", handler: dryRun)
                .with { $0.body = .json }
                .answers("jobs", "JobDryRun") { $0.request = "JobSubmission" },
            Route(.post, "/job-types/{name}/jobs", id: "submitTypedJob", summary: "Submit a job of this type") {
                try await submit($0, type: $0.path("name"))
            }.with {
                $0.body = .json; $0.query = [.wait]
            }.answers("jobs", "Job") {
                Contract.submission(&$0); $0.request = "JobOfTypeSubmission"
            },
            Route(.post, "/jobs/{job_id}/cancel", id: "cancelJob", summary: "Ask a job to stop", handler: cancel)
                .with { $0.body = .json }
                .answers("jobs", "Job") {
                    $0.request = "JobCancellation"; $0.needsBody = false; $0.statuses = [.ok, .accepted]
                },
        ]
    }

    private var readingRoutes: [Route] {
        let rendered = RenderedJobs()
        return [
            Route(.get, "/jobs", id: "listJobs", summary: "List jobs, newest first", handler: list)
                .with {
                    $0.query = JobFilter.parameters; $0.locality = .freshRead
                }
                .answers("jobs", "JobPage") { $0.headers = [.link] },
            Route(.get, "/jobs/{job_id}", id: "getJob", summary: "Get a job, or wait for its end") {
                try await get($0, rendered)
            }
            .with {
                $0.query = [.wait]; $0.locality = .freshRead
            }
            .answers("jobs", "Job") {
                $0.isValidated = true; $0.takes = [.prefer]; $0.headers = [.preferenceApplied]
            },
            Route(
                .get, "/jobs/{job_id}/result", id: "getJobResult", summary: "Get what a job returned", handler: result
            )
            .with {
                $0.query = [.wait]; $0.locality = .freshRead
            }
            .answers("jobs", "JobOutcomeResult") {
                $0.statuses = [.ok, .accepted]; $0.takes = [.prefer]
                $0.headers = [.retryAfter, .preferenceApplied]
            },
            Route(.get, "/jobs/{job_id}/log", id: "getJobLog", summary: "Get what a job's commands said", handler: log)
                .with {
                    $0.query = Self.logParameters; $0.locality = .freshRead
                }
                .answers("jobs", "JobLog"),
        ]
    }

    private static let logParameters = [
        QueryParameter("after", .int(0...Int.max), text: "Only lines behind this number."),
        QueryParameter("limit", .int(1...10_000), text: "Lines of a page; 500 if left out."),
        QueryParameter.wait,
    ]

    static func path(of id: JobID) -> String { "/jobs/\(id)" }

    // MARK: Submitting

    private func submit(_ call: Call, type: String?) async throws -> Response {
        let submission = try JobSubmission(try await call.json(), type: type)
        let waiting = Waiting(call, longest: services.settings.longestWait)
        var request = try submission.request(call, waits: waiting.seconds > 0)
        try request.take(Precondition(call.request.headers[.ifMatch], current: scheduler.configuration))
        if submission.isDryRun { return try await dryRun(request) }
        let (job, headers) = try await taken(request, waiting)
        return Self.reply(job, headers)
    }

    /// Submits a request and waits as long as the caller wants; answers the job with the header fields that go with it.
    func taken(_ request: JobRequest, _ waiting: Waiting) async throws(JobError) -> (JobRecord, HTTPFields) {
        let submitted = try await services.jobs.submit(request, waitingAtMost: waiting.limit)
        let job = submitted.job
        var headers: HTTPFields = [.location: Self.path(of: job.id)]
        if submitted.isReplayed { headers[.idempotencyReplayed] = "true" }
        if let applied = waiting.applied { headers[.preferenceApplied] = applied }
        if !job.isDone { headers[.retryAfter] = retryAfter(job) }
        return (job, headers)
    }

    /// A job that was submitted: 200 when it has ended, else 202.
    static func reply(_ job: JobRecord, _ headers: HTTPFields) -> Response {
        Reply.json(JobRepresentation(job: job).value, status: job.isDone ? .ok : .accepted, headers: headers)
    }

    private func dryRun(_ call: Call) async throws -> Response {
        try await dryRun(try JobSubmission(try await call.json()).request(call, waits: false))
    }

    func dryRun(_ request: JobRequest) async throws -> Response {
        Reply.json(DryRunRepresentation(try await scheduler.dryRun(request)).value)
    }

    /// The older a job, the longer it may still take.
    private func retryAfter(_ job: JobRecord) -> String {
        let submitted = job.times[.submitted]?.milliseconds ?? 0
        let age = max(0, Int(services.time.now) - submitted) / 1000
        return age < 5 ? "1" : age < 30 ? "2" : age < 120 ? "5" : "10"
    }

    private func cancel(_ call: Call) async throws -> Response {
        var reader = BodyReader(try await call.json())
        let reason = reader.reason()
        let force = reader.truth("force") ?? false
        try reader.finish()
        let id = try await visibleJob(call).id
        let job = try await services.jobs.cancel(
            id, by: try call.caller, reason: reason, force: force, asking: call.origin(dialect: "rest"))
        return Reply.json(JobRepresentation(job: job).value, status: job.isDone ? .ok : .accepted)
    }

    // MARK: Reading

    /// The job the path names, when the caller may know of it.
    func visibleJob(_ call: Call) async throws -> JobRecord {
        try await services.jobs.job(named: call.path("job_id"), for: try call.caller)
    }

    /// The job the path names, after the caller's wait for its end.
    private func awaitedJob(_ call: Call, _ waiting: Waiting) async throws -> JobRecord {
        let job = try await visibleJob(call)
        if job.isDone || waiting.seconds == 0 { return job }
        return try await scheduler.wait(for: job.id, atMost: waiting.limit, telling: try call.caller)
    }

    private func get(_ call: Call, _ rendered: RenderedJobs) async throws -> Response {
        let waiting = Waiting(call, longest: services.settings.longestWait)
        var job = try await visibleJob(call)
        var form = form(of: job, rendered)
        let known = call.request.headers[.ifNoneMatch]
        let isNews = known.map { !form.tag.matches($0) } ?? false
        if !job.isDone, waiting.seconds > 0, !isNews {
            // Who knows the job as it stands waits for any change of it, anybody else for its end.
            job =
                known == nil
                ? try await scheduler.wait(for: job.id, atMost: waiting.limit, telling: try call.caller)
                : try await scheduler.wait(forChangeOf: job, atMost: waiting.limit)
            form = self.form(of: job, rendered)
        }
        var response = Reply.validated(call, form.bytes, as: .json, tag: form.tag)
        if let applied = waiting.applied { response.headers[.preferenceApplied] = applied }
        if !job.isDone { response.headers[.retryAfter] = retryAfter(job) }
        return response
    }

    private func form(of job: JobRecord, _ rendered: RenderedJobs) -> RenderedJobs.Form {
        let definition = try? scheduler.catalogue.definition(job.type)
        let output = job.result?.output
        let isKept = definition?.secretResults.isEmpty == true && output?.redacting() == output
        return rendered.form(of: job, mayKeep: isKept)
    }

    private func result(_ call: Call) async throws -> Response {
        let waiting = Waiting(call, longest: services.settings.longestWait)
        let job = try await awaitedJob(call, waiting)
        var headers = HTTPFields()
        if let applied = waiting.applied { headers[.preferenceApplied] = applied }
        if !job.isDone { headers[.retryAfter] = retryAfter(job) }
        let open = JobResult(JobError(.jobNotFinished, "Job \(job.id) has not ended."))
        var members = (job.lastResult ?? open).value.map ?? [:]
        members["job_id"] = .string(job.id.description)
        let answers = job.storedAnswers.map { step, node, answer -> Value in
            [
                "bytes": .int(answer.bytes), "sha256": .string(answer.sha256), "node": .int(node),
                "path": .string(job.id.answerPath(step)),
            ]
        }
        if !answers.isEmpty { members["answers"] = .list(answers) }
        return Reply.json(.map(members), status: job.isDone ? .ok : .accepted, headers: headers)
    }

    private func log(_ call: Call) async throws -> Response {
        let after = call.query.int("after") ?? 0
        let job = try await jobWithLog(call, behind: after)
        let page = JobLog(of: job).page(
            after: after, limit: call.query.int("limit") ?? 500, isComplete: job.isDone)
        return Reply.json(page)
    }

    /// The job the path names, once its log has lines behind a number, it has ended, or the caller's wait is over.
    private func jobWithLog(_ call: Call, behind line: Int) async throws -> JobRecord {
        let waiting = Waiting(call, longest: services.settings.longestWait)
        let deadline = services.time.monotonic + waiting.limit
        var job = try await visibleJob(call)
        while !job.isDone, JobLog(of: job).lines.count <= line {
            let next = try await scheduler.wait(forChangeOf: job, atMost: deadline - services.time.monotonic)
            // Nothing has changed: the time is over, or the daemon stops.
            if next == job { break }
            job = next
        }
        return job
    }

    private func list(_ call: Call) async throws -> Response {
        let members = MemberChoice(call.query)
        let now = services.time.now
        var query = JobFilter(call.query).jobQuery
        let cursor = try JobCursor(call.query["cursor"], filter: JobCursor.filterText(call), now: now)
        query.after = cursor?.place
        query.snapshot = cursor?.snapshot
        let page = try await services.jobs.jobs(query, for: try call.caller)
        let next = JobCursor(behind: page, filter: JobCursor.filterText(call), begun: cursor?.begun ?? now)
        let items = page.jobs.map { members.trimming(JobRepresentation(job: $0).value) }
        return ListPage.response(to: call, items: items, next: next?.text, total: page.total)
    }
}
