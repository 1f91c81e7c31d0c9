import Access
import JobEngine
import Values

/// What is asked of the queue, with its audit records.
extension GatewayServices {
    /// Takes all jobs of a batch or none; each one is written to the audit log as if it had come alone.
    func submit(
        batch requests: [JobRequest], for principal: Principal, idempotencyKey: String?
    ) async throws(JobError) -> [JobRecord] {
        do throws(JobError) {
            return try await scheduler.submit(
                batch: requests.map(audited), for: principal, idempotencyKey: idempotencyKey)
        } catch {
            for request in requests.prefix(1) { await noteRefusal(of: request, error) }
            throw error
        }
    }

    /// Changes a job that waits, and writes that down.
    func amend(
        _ id: JobID, _ amendment: JobAmendment, by principal: Principal, _ origin: JobRecord.Request
    ) async throws(JobError) -> JobRecord {
        let job = try await scheduler.amend(id, amendment, by: principal)
        await note(.jobChanged, principal, origin, nil, ["job_id": id.description, "type": job.type])
        return job
    }

    /// Puts a rule in force, and writes that down.
    func addRule(
        _ rule: QueueRule, by principal: Principal, _ origin: JobRecord.Request
    ) async throws(JobError) -> QueueRule {
        let made = try await scheduler.addRule(rule)
        await note(.queueRule, principal, origin, "made", facts(of: made))
        return made
    }

    /// Takes a rule away, and writes that down.
    func removeRule(_ number: Int, by principal: Principal, _ origin: JobRecord.Request) async throws(JobError) {
        let rule = try await scheduler.removeRule(number, by: principal)
        await note(.queueRule, principal, origin, "removed", facts(of: rule))
    }

    private func facts(of rule: QueueRule) -> [String: String] {
        var facts = ["rule_id": rule.id, "rule": String(JSON.text(rule.value).prefix(2000))]
        facts["reason"] = rule.reason.map { String($0.prefix(1000)) }
        return facts
    }
}
