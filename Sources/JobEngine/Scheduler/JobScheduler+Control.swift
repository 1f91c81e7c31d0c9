package import Access
import Values

/// What is asked of a job that was taken.
extension JobScheduler {
    /// Asks a job to stop.
    ///
    /// A queued job never starts. A running one is asked, and stops before its next command; whatever it had done is
    /// taken back. A decided one goes on.
    ///
    /// - Parameter force: Ends the command that runs, if it still does after ``SchedulerSettings/forceGrace``; for root.
    /// - Returns: The job as it is after the request.
    /// - Throws: ``JobError/Code/permissionDenied`` unless the principal asked for the job or is root,
    ///   ``JobError/Code/jobNotCancellable`` for one that has ended or is decided, ``JobError/Code/jobNotFound``.
    package func cancel(
        _ id: JobID, by principal: Principal, reason: String?, force: Bool = false
    ) async throws(JobError) -> JobRecord {
        try MisplacedKey.refuse(reason, at: "/reason")
        if force, !principal.isRoot {
            throw JobError(.permissionDenied, "Only root may end a command by force; ask without 'force'.")
        }
        let known = try await environment.record(id)
        try requireOwner(of: known, principal, "cancel it")
        if known.outcome == .cancelled { return known }
        if let outcome = known.outcome {
            throw JobError(.jobNotCancellable, "Job \(id) has ended already, with outcome \(outcome.rawValue).")
        }
        let grace = force ? environment.settings.forceGrace : nil
        _ = try await ask(.cancelled(id, reason: reason, grace: grace))
        return try await record(id)
    }

    /// Changes what was asked of a job that has not begun; the change is durable on return.
    ///
    /// - Throws: ``JobError/Code/permissionDenied`` unless the principal asked for the job or is root,
    ///   ``JobError/Code/jobNotQueued`` for one that has begun or ended, ``JobError/Code/jobNotFound``.
    package func amend(
        _ id: JobID, _ amendment: JobAmendment, by principal: Principal
    ) async throws(JobError) -> JobRecord {
        try requireOwner(of: try await environment.record(id), principal, "change it")
        _ = try await ask(.amended(id, amendment))
        return try await record(id)
    }

    private func requireOwner(of job: JobRecord, _ principal: Principal, _ action: String) throws(JobError) {
        guard principal.isRoot || principal.name == job.requester.name else {
            throw JobError(
                .permissionDenied,
                "Only root and '\(job.requester.name)', who asked for job \(job.id), may \(action).")
        }
    }

    /// The request that makes a job anew, in the name of whoever wants that.
    ///
    /// - Throws: ``JobError/Code/jobNotFinished``, and ``JobError/Code/jobNotRepeatable`` for a job with passwords, which
    ///   nobody keeps.
    package func request(
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

    private func warnings(ofRepeating job: JobRecord) -> [JobWarning] {
        var warnings: [JobWarning] = []
        if job.outcome == .ok {
            warnings.append(JobWarning(.retryOfSuccess, text: "Job \(job.id) ended well: this does it again."))
        }
        let ran = job.commands.contains { $0.startedAt != nil && $0.undoneAt == nil }
        if ran, (try? catalogue.definition(job.type))?.recovery == .fail {
            warnings.append(
                JobWarning(
                    .notIdempotent,
                    text: "\(job.type) is not known to be safe to run twice: look at what job \(job.id) left behind."))
        }
        return warnings
    }
}
