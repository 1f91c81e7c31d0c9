import Access
import Application
import Gateway
import JobEngine
import Values

/// One call of a remote method: what was asked, by whom, and through what.
struct RPCCall: Sendable {
    let services: GatewayServices
    let principal: Principal
    /// The request as it is kept with a job.
    var origin: JobRecord.Request
    /// The bearer token of the caller, which may belong to a session.
    let token: String?
    /// Checked against the method's parameters.
    let arguments: [Value]

    /// An argument that was given and is not nil.
    subscript(_ position: Int) -> Value? {
        guard arguments.indices.contains(position), arguments[position] != .null else { return nil }
        return arguments[position]
    }

    /// The text of a mandatory argument.
    func text(_ position: Int) -> String { self[position]?.string ?? "" }
}

extension RPCCall {
    /// The job an argument names, without passwords in its result, when the caller may know of it.
    ///
    /// - Throws: ``JobError/Code/jobNotFound``, also for a job of somebody else; ``JobError/Code/jobExpired``.
    func job(_ name: String) async throws(JobError) -> JobRecord {
        try await services.jobs.job(named: name, for: principal, tellsPasswords: false)
    }
}

extension RPCCall {
    /// The error of a right that is missing, once a record of it is kept.
    ///
    /// For what no job is submitted for: the gateway keeps a record of every submission that is refused.
    func denied(_ text: String) async -> JobError {
        await services.audit.note(.denied, by: principal, asking: origin, detail: text)
        return JobError(.permissionDenied, text)
    }
}
