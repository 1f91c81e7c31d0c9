package import Access
package import JobEngine

/// What anybody may ask of jobs, whichever interface they use: what is refused or changed is written to the audit log, and
/// nobody learns of jobs they may not see.
package struct JobService: Sendable {
    let scheduler: JobScheduler
    let audit: AuditService
    private let limiter: RateLimiter

    /// - Parameter limiter: Counts how often each user waits.
    package init(scheduler: JobScheduler, audit: AuditService, limiter: RateLimiter) {
        self.scheduler = scheduler
        self.audit = audit
        self.limiter = limiter
    }

    // MARK: Submitting

    /// Takes a job; it is durable on return.
    ///
    /// - Throws: ``JobError`` when nothing was taken; the refusal is in the audit log.
    package func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
        do throws(JobError) {
            return try await scheduler.submit(request)
        } catch {
            await audit.noteRefusal(of: request, error)
            throw error
        }
    }

    /// A job that was submitted, and whether an earlier request with the same idempotency key had made it.
    package struct Submitted: Sendable {
        /// As it stood when the wait was over.
        package let job: JobRecord
        /// Whether it was there before this request.
        package let isReplayed: Bool
    }

    /// Takes a job and waits for its end.
    ///
    /// - Parameter limit: How long to wait at most; zero for not at all.
    /// - Throws: ``JobError`` as ``submit(_:)``.
    package func submit(_ request: JobRequest, waitingAtMost limit: Duration) async throws(JobError) -> Submitted {
        var job = try await submit(request)
        let isReplayed = job.request.requestID != request.request.requestID
        if !job.isDone, limit > .zero {
            job = try await scheduler.wait(for: job.id, atMost: limit, telling: request.principal)
        }
        return Submitted(job: job, isReplayed: isReplayed)
    }

    /// Takes all jobs of a batch or none; each one is written to the audit log as if it had come alone.
    ///
    /// - Throws: ``JobError`` with the faults of all of them.
    package func submit(
        batch requests: [JobRequest], for principal: Principal, idempotencyKey: String?
    ) async throws(JobError) -> [JobRecord] {
        do throws(JobError) {
            return try await scheduler.submit(batch: requests, for: principal, idempotencyKey: idempotencyKey)
        } catch {
            for request in requests.prefix(1) { await audit.noteRefusal(of: request, error) }
            throw error
        }
    }

    // MARK: Looking and waiting

    /// The job of an id, when somebody may know of it.
    ///
    /// - Parameters:
    ///   - name: The id as they gave it.
    ///   - tellsPasswords: Whether passwords in its result may be told.
    /// - Throws: ``JobError/Code/jobNotFound``, also for somebody else's; ``JobError/Code/jobExpired``.
    package func job(
        named name: String, for principal: Principal, tellsPasswords: Bool = true
    ) async throws(JobError) -> JobRecord {
        try await scheduler.record(named: name, visibleTo: principal, tellsPasswords: tellsPasswords)
    }

    /// One page of the jobs of a query somebody may know of.
    ///
    /// - Throws: ``JobError`` when the store cannot be read.
    package func jobs(_ query: JobQuery, for principal: Principal) async throws(JobError) -> JobPage {
        var query = query
        query.requester = principal.visibleOwner
        return try await scheduler.jobs(query)
    }

    /// Whether a request waits for nothing: it reads the configuration, or there is no such job.
    package func hasEndedAtOnce(_ request: JobRequest) -> Bool {
        guard let definition = try? scheduler.catalogue.definition(request.type) else { return true }
        guard case .answer = definition.work else { return false }
        return request.dependencies.isEmpty
    }

    /// A place among the waits of a user, to be held as long as they wait.
    ///
    /// - Throws: ``JobError/Code/tooManyWaits``.
    package func placeToWait(for user: String) throws(JobError) -> RateLimiter.Wait {
        if let place = limiter.beginWait(of: user) { return place }
        throw JobError(
            .tooManyWaits,
            "User '\(user)' waits for jobs \(limiter.limits.waits) times already. Try again when a wait has ended.")
    }
}
