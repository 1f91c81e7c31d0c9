package import Access
package import JobEngine
import Jobs

extension GatewayServices {
    /// Hands a request to the scheduler; a job that acts, and a request that is refused, is written to the audit log.
    ///
    /// A job that only looks is in the job history, with the same facts, and leaves no second trace.
    package func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
        // REST is refused what comes too fast, where its other limits are kept.
        if request.request.dialect != "rest" { await limiter.pace(.submission(request.principal.name), time) }
        do throws(JobError) {
            let record = try await scheduler.submit(request)
            if record.mode == .modify || !record.commands.isEmpty || !record.isDone {
                await note(.job, request, nil, ["job_id": record.id.description])
            }
            return record
        } catch {
            await noteRefusal(of: request, error)
            throw error
        }
    }

    /// Asks a job to stop, and writes down who asked and what came of it.
    ///
    /// - Throws: ``JobError`` when there is no such job, it is somebody else's, or it cannot be stopped any more.
    package func cancel(
        _ id: JobID, by principal: Principal, reason: String?, force: Bool = false, _ origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        var facts = origin.facts
        facts["job_id"] = id.description
        facts["roles"] = principal.roles.sorted().joined(separator: " ")
        facts["reason"] = reason.map { String($0.prefix(1000)) }
        if force { facts["force"] = "true" }
        let outcome: Result<JobRecord, JobError>
        do throws(JobError) {
            let record = try await scheduler.cancel(id, by: principal, reason: reason, force: force)
            facts["type"] = record.type
            if !record.objects.isEmpty { facts["objects"] = record.objects.joined(separator: " ") }
            outcome = .success(record)
        } catch {
            outcome = .failure(error)
        }
        let word =
            switch outcome {
            case .success(let record): record.cancellation?.rawValue
            case .failure(let error): error.code.rawValue
            }
        await audit.record(
            AuditEvent(
                kind: .cancel, time: time.now, user: principal.name, address: origin.address,
                method: principal.method, detail: word, fields: facts))
        return try outcome.get()
    }

    func noteRefusal(of request: JobRequest, _ error: JobError) async {
        // REST notes a missing right where those of all its routes are; a remote method answers it within its route.
        if error.code == .permissionDenied, request.request.dialect == "rest" { return }
        await note(error.code == .permissionDenied ? .denied : .declined, request, error.code.rawValue, [:])
    }

    func note(
        _ kind: AuditEvent.Kind, _ request: JobRequest, _ detail: String?, _ fields: [String: String]
    ) async {
        let origin = request.request
        var facts = origin.facts
        facts["type"] = String(request.type.prefix(100))
        facts["roles"] = request.principal.roles.sorted().joined(separator: " ")
        let objects = JobObjects.names(type: request.type, request.parameters)
        if !objects.isEmpty { facts["objects"] = objects.joined(separator: " ") }
        if let intent = request.intent { facts["reason"] = String(intent.prefix(1000)) }
        // A change of whatever there was by then: who reads the log has to see it at a glance.
        if origin.headers["if-match"] == "*" { facts["if_match"] = "*" }
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, user: request.principal.name, address: origin.address,
                method: request.principal.method, detail: detail,
                fields: facts.merging(fields) { _, given in given }))
    }
}

extension JobRecord.Request {
    /// What an audit record says of a request, by name.
    var facts: [String: String] {
        var facts = ["interface": dialect, "request_id": requestID]
        if !method.isEmpty { (facts["method"], facts["path"]) = (method, path) }
        if !tls.isEmpty { facts["tls"] = tls }
        facts["user_agent"] = headers["user-agent"]
        facts["trace_id"] = TraceContext(headers["traceparent"])?.traceID
        return facts
    }
}
