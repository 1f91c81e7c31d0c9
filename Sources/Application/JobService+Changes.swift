package import Access
package import JobEngine
import Values

/// What is changed of jobs and of the queue: each change is written down with who made it.
extension JobService {
    /// Asks a job to stop, and writes down what came of it.
    ///
    /// - Parameter force: Ends the command that runs; for root.
    /// - Throws: ``JobError`` when there is no such job, it is somebody else's, or it cannot be stopped any more.
    package func cancel(
        _ id: JobID, by principal: Principal, reason: String?, force: Bool = false, asking origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        var fields = ["job_id": id.description]
        fields["reason"] = reason.map { String($0.prefix(JobRequest.longestIntent)) }
        if force { fields["force"] = "true" }
        do throws(JobError) {
            let record = try await scheduler.cancel(id, by: principal, reason: reason, force: force)
            fields["type"] = record.type
            if !record.objects.isEmpty { fields["objects"] = record.objects.joined(separator: " ") }
            await audit.note(
                .cancel, by: principal, asking: origin, detail: record.cancellation?.rawValue, fields: fields)
            return record
        } catch {
            await audit.note(.cancel, by: principal, asking: origin, detail: error.code.rawValue, fields: fields)
            throw error
        }
    }

    /// Changes a job that waits.
    ///
    /// - Throws: ``JobError`` for one that has begun, or is somebody else's.
    package func amend(
        _ id: JobID, _ amendment: JobAmendment, by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        let job = try await scheduler.amend(id, amendment, by: principal)
        await audit.note(
            .jobChanged, by: principal, asking: origin, fields: ["job_id": id.description, "type": job.type])
        return job
    }

    /// Puts a rule in force.
    ///
    /// - Throws: ``JobError/Code/parameterInvalid``.
    package func addRule(
        _ rule: QueueRule, by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) -> QueueRule {
        let made = try await scheduler.addRule(rule)
        await audit.note(.queueRule, by: principal, asking: origin, detail: "made", fields: Self.fields(of: made))
        return made
    }

    /// Takes a rule away.
    ///
    /// - Throws: ``JobError/Code/ruleNotFound``, or ``JobError/Code/permissionDenied`` for somebody else's.
    package func removeRule(
        _ number: Int, by principal: Principal, asking origin: JobRecord.Request
    ) async throws(JobError) {
        let rule = try await scheduler.removeRule(number, by: principal)
        await audit.note(.queueRule, by: principal, asking: origin, detail: "removed", fields: Self.fields(of: rule))
    }

    private static func fields(of rule: QueueRule) -> [String: String] {
        var fields = ["rule_id": rule.id, "rule": String(JSON.text(rule.value).prefix(2000))]
        fields["reason"] = rule.reason.map { String($0.prefix(JobRequest.longestIntent)) }
        return fields
    }
}
