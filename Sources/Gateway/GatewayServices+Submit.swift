import Access
package import JobEngine

extension GatewayServices {
    /// Hands a request to the scheduler; a job that acts, and a request that is refused, is written to the audit log.
    ///
    /// A job that only looks is in the job history, with the same facts, and leaves no second trace.
    package func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
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

    private func noteRefusal(of request: JobRequest, _ error: JobError) async {
        // REST notes a missing right where those of all its routes are; a remote method answers it within its route.
        if error.code == .permissionDenied, request.request.dialect == "rest" { return }
        await note(error.code == .permissionDenied ? .denied : .declined, request, error.code.rawValue, [:])
    }

    private func note(
        _ kind: AuditEvent.Kind, _ request: JobRequest, _ detail: String?, _ fields: [String: String]
    ) async {
        let origin = request.request
        let facts = [
            "type": String(request.type.prefix(100)), "interface": origin.dialect, "request_id": origin.requestID,
        ]
        await audit.record(
            AuditEvent(
                kind: kind, time: time.now, user: request.principal.name, address: origin.address,
                method: request.principal.method, detail: detail,
                fields: facts.merging(fields) { _, given in given }))
    }
}
