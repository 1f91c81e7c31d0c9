import Access
import Application
import Gateway
import JobEngine
import Values

/// Methods that make jobs.
extension RPCMethod {
    static let jobStart = RPCMethod(
        "job_start", .job, .keywords, returns: .string,
        help: """
            Takes a job and answers its id at once; ask job_wait, job_finished and job_result with it.
            @name, the job to run, one of job_list
            @kwargs, how to run it: params (dict of the job's parameters), volatile (bool, no history), intent (str), \
            idempotency_key (str), priority ('low', 'normal', 'high'), timeout_s (int or float), depends_on (list of job \
            ids)
            """
    ) { (call) throws(JobError) in
        let keywords = try RPCKeywords(call[1])
        if keywords.isDryRun {
            throw JobError(.parameterInvalid, "A dry run makes no job, so it has no id: call job_exec for it.")
        }
        let request = keywords.request(call.text(0), call, waits: false)
        return .string(try await call.services.jobs.submit(request).id.description)
    }

    static let jobExec = RPCMethod(
        "job_exec", .job, .keywords, returns: .struct, answersResult: true,
        help: """
            Runs a job, waits for its end however long it takes, and answers its result: job_start, job_wait and \
            job_result in one. The job goes on when the connection breaks.
            @name, the job to run, one of job_list
            @kwargs, how to run it: params (dict of the job's parameters), dry_run (bool, only tell what would be \
            done), volatile (bool, no history), intent (str), idempotency_key (str), priority ('low', 'normal', \
            'high'), timeout_s (int or float), depends_on (list of job ids)
            """
    ) { (call) throws(JobError) in
        let keywords = try RPCKeywords(call[1])
        let request = keywords.request(call.text(0), call, waits: true)
        if keywords.isDryRun { return try await call.dryRun(request) }
        // Before the job is made: whoever is refused here may call again.
        let place =
            call.services.jobs.hasEndedAtOnce(request)
            ? nil : try call.services.jobs.placeToWait(for: call.principal.name)
        defer { withExtendedLifetime(place) {} }
        return try await call.result(of: try await call.services.jobs.submit(request))
    }
}

extension RPCCall {
    /// How long one wait for a job's end lasts before it is begun anew.
    private static let waitSpan = Duration.seconds(3600)

    /// The result of a job once it has ended.
    ///
    /// A wait that is cut short, because the daemon stops or decides no more, answers an error with the job's id, by which
    /// its result can be had later.
    func result(of job: JobRecord) async throws(JobError) -> Value {
        var job = job
        while !job.isDone {
            let begun = services.time.monotonic
            job = try await services.scheduler.wait(for: job.id, atMost: Self.waitSpan)
            if !job.isDone, services.time.monotonic - begun < Self.waitSpan {
                // In a cluster the job goes on without this node; a redirect would have it made a second time.
                if services.cluster.status.isElected { throw .goesOn(job.id) }
                let text = "The daemon is stopping; job \(job.id) goes on. Ask job_result when it is back."
                return JobResult(JobError(.shuttingDown, text)).value(of: job.id)
            }
        }
        return try await result(toTellOf: job)
    }

    /// The result of a job as its requester is told it, with passwords the kept one is without.
    func result(toTellOf job: JobRecord) async throws(JobError) -> Value {
        try await services.scheduler.record(job.id, for: principal).resultValue
    }

    /// What a job would do, in the members of a result. No job is made.
    fileprivate func dryRun(_ request: JobRequest) async throws(JobError) -> Value {
        let run: DryRun
        do throws(JobError) {
            run = try await services.scheduler.dryRun(request)
        } catch {
            throw error.code == .permissionDenied ? await denied(error.message) : error
        }
        if let error = run.error { return JobResult(error).value(of: nil) }
        let output = Value.members([
            "diff": .string(run.difference),
            "commands": .list(run.commands.map(\.shown)),
            "locks": .list(run.locks.map { ["name": .string($0.key), "exclusive": .bool($0.isExclusive)] }),
            "next_revision": run.nextRevision.map(Value.int),
        ])
        return JobResult.success(output).value(of: nil)
    }
}

extension JobRecord {
    /// The result dict; code 5 while the job has not ended.
    fileprivate var resultValue: Value {
        let open = JobResult(JobError(.jobNotFinished, "Job \(id) has not ended. Ask again, or call job_wait."))
        return (lastResult ?? open).value(of: id)
    }
}
