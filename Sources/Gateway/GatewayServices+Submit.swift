package import Access
package import JobEngine
import Jobs
import Values

extension GatewayServices {
    /// Hands a request to the scheduler; one that is refused is written to the audit log.
    package func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
        do throws(JobError) {
            return try await scheduler.submit(audited(request))
        } catch {
            await noteRefusal(of: request, error)
            throw error
        }
    }

    /// The request with what the audit log is to say of its job; nothing for one that only looks.
    func audited(_ request: JobRequest) -> JobRequest {
        if (try? scheduler.catalogue.definition(request.type))?.isLook != false { return request }
        var copy = request
        copy.audit = event(.job, request)
        return copy
    }

    /// Asks a job to stop, and writes down who asked and what came of it.
    ///
    /// - Throws: ``JobError`` when there is no such job, it is somebody else's, or it cannot be stopped any more.
    package func cancel(
        _ id: JobID, by principal: Principal, reason: String?, force: Bool = false, _ origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        var facts = ["job_id": id.description]
        facts["reason"] = reason.map { String($0.prefix(1000)) }
        if force { facts["force"] = "true" }
        do throws(JobError) {
            let record = try await scheduler.cancel(id, by: principal, reason: reason, force: force)
            facts["type"] = record.type
            if !record.objects.isEmpty { facts["objects"] = record.objects.joined(separator: " ") }
            await note(.cancel, principal, origin, record.cancellation?.rawValue, facts)
            return record
        } catch {
            await note(.cancel, principal, origin, error.code.rawValue, facts)
            throw error
        }
    }
}
