import Application
import Gateway
import HTTPServer
import HTTPTypes
import Hummingbird
import JobEngine
import Values

/// `/jobs/batch`: several jobs, all of which are taken or none.
struct JobBatchResource: Resource {
    private let services: GatewayServices

    init(_ services: GatewayServices) {
        self.services = services
    }

    var routes: [Route] {
        [
            Route(
                .post, "/jobs/batch", id: "submitJobBatch", summary: "Submit several jobs, all or none", handler: submit
            )
            .with {
                $0.body = .json
            }
            .answers("jobs", "JobBatch") {
                $0.request = "JobBatchSubmission"; $0.statuses = [.ok, .accepted]
                $0.takes = [.idempotencyKey]; $0.headers = [.idempotencyReplayed]
                $0.detail = "A job that is made for one revision says so itself, in base_revision."
            }
        ]
    }

    private func submit(_ call: Call) async throws -> Response {
        if call.request.headers[.ifMatch] != nil {
            // The first job would change the revision for those behind it.
            let text = "If-Match cannot hold for every job of a batch: name 'base_revision' in the jobs it is for."
            throw Problem(.headerInvalid, text, faults: [.init(.header("If-Match"), "header-invalid", detail: text)])
        }
        let requests = try requests(call, try await call.json())
        let key = try call.idempotencyKey
        let jobs = try await services.jobs.submit(batch: requests, for: try call.caller, idempotencyKey: key)
        var headers = HTTPFields()
        if jobs.first?.request.requestID != call.context.requestID { headers[.idempotencyReplayed] = "true" }
        let isDone = jobs.allSatisfy(\.isDone)
        return Reply.json(
            [
                "job_ids": .strings(jobs.map(\.id.description)),
                "items": .list(jobs.map { JobRepresentation(job: $0).value }),
            ], status: isDone ? .ok : .accepted, headers: headers)
    }

    private func requests(_ call: Call, _ body: Value?) throws(Problem) -> [JobRequest] {
        var reader = BodyReader(body)
        let jobs = reader.value("jobs", isMandatory: true)
        if reader.truth("atomic") == false {
            reader.refuse("atomic", "a batch is taken as a whole; submit jobs one by one to have each on its own.")
        }
        let list = jobs?.list ?? []
        if jobs != nil, !(1...JobScheduler.longestBatch).contains(list.count) {
            reader.refuse("jobs", "give a list of 1 to \(JobScheduler.longestBatch) jobs.")
        }
        try reader.finish()
        var requests: [JobRequest] = []
        var faults: [Problem.Fault] = []
        for (index, job) in list.enumerated() {
            do throws(Problem) {
                requests.append(try request(call, job))
            } catch {
                faults += error.faults.map { $0.within("/jobs/\(index)") }
            }
        }
        guard faults.isEmpty else {
            throw Problem(.bodyInvalid, faults.map(\.detail).joined(separator: " "), faults: faults)
        }
        return requests
    }

    private func request(_ call: Call, _ job: Value) throws(Problem) -> JobRequest {
        let submission = try JobSubmission(job)
        if submission.isDryRun {
            let text = "'dry_run' cannot stand in a batch; send the job to /jobs/dry-run."
            throw Problem(.bodyInvalid, text, faults: [.init(.pointer("/dry_run"), "invalid", detail: text)])
        }
        var request = try submission.request(call, waits: false)
        // It stands for the whole batch.
        request.idempotencyKey = nil
        return request
    }
}

extension Problem.Fault {
    /// The same fault in a part of a larger body.
    fileprivate func within(_ part: String) -> Problem.Fault {
        guard case .pointer(let pointer) = place else { return self }
        return Problem.Fault(.pointer(part + pointer), code, detail: detail)
    }
}
