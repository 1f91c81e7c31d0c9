package import Access

extension JobScheduler {
    /// Changes what was asked of a job that has not begun; the change is durable on return.
    ///
    /// - Throws: ``JobError/Code/permissionDenied`` unless the principal asked for the job or is root,
    ///   ``JobError/Code/jobNotQueued`` for one that has begun or ended, ``JobError/Code/jobNotFound``.
    package func amend(
        _ id: JobID, _ amendment: JobAmendment, by principal: Principal
    ) async throws(JobError) -> JobRecord {
        let known = try await record(id)
        guard principal.isRoot || principal.name == known.requester.name else {
            throw JobError(
                .permissionDenied, "Only root and '\(known.requester.name)', who asked for job \(id), may change it.")
        }
        guard let job = live[id], job.isQueued else {
            throw JobError(.jobNotQueued, "Job \(id) has begun, or has ended: it can be changed only while it waits.")
        }
        // It must not begin before the change is durable, and takes its new place after that.
        withdraw(id)
        live[id]?.amendments += 1
        _ = live[id]?.pipeline.amend(amendment)
        if let record = live[id]?.record { arm(record) }
        while let job = live[id], job.durable != job.record, await keepDurable(id) {}
        live[id]?.amendments -= 1
        place(id)
        return try await record(id)
    }

    /// The request that makes a job anew, in the name of whoever wants that.
    ///
    /// - Throws: ``JobError/Code/jobNotFinished``, and ``JobError/Code/jobNotRepeatable`` for a job with passwords, which
    ///   nobody keeps.
    package nonisolated func request(
        repeating job: JobRecord, principal: Principal, request: JobRecord.Request
    ) throws(JobError) -> JobRequest {
        guard job.isDone else {
            throw JobError(.jobNotFinished, "Job \(job.id) has not ended: wait for it, or cancel it.")
        }
        if job.hadSecrets {
            throw JobError(
                .jobNotRepeatable,
                "Job \(job.id) was given passwords or keys, which are never stored: submit it again with them.")
        }
        var anew = JobRequest(type: job.type, parameters: job.parameters, principal: principal, request: request)
        anew.intent = job.intent
        anew.priority = job.priority
        anew.timeout = job.timeout
        anew.retryOf = job.id
        anew.warnings = warnings(ofRepeating: job)
        return anew
    }

    private nonisolated func warnings(ofRepeating job: JobRecord) -> [JobWarning] {
        var warnings: [JobWarning] = []
        if job.outcome == .ok {
            warnings.append(JobWarning(code: "retry-of-success", text: "Job \(job.id) ended well: this does it again."))
        }
        let ran = job.commands.contains { $0.startedAt != nil && $0.undoneAt == nil }
        if ran, (try? catalogue.definition(job.type))?.recovery == .fail {
            warnings.append(
                JobWarning(
                    code: "not-idempotent",
                    text: "\(job.type) is not known to be safe to run twice: look at what job \(job.id) left behind."))
        }
        return warnings
    }
}
