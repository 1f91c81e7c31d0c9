import Certificates
import Logging
import Values

extension JobRequest {
    /// What makes two requests the same, for an idempotency key: job, parameters, whatever their order, the revision
    /// they were made for, and how the job is to wait.
    ///
    /// It is stored, so passwords do not count: from their digest they could be guessed.
    func digest(without secrets: Set<String>) -> String {
        Digest.sha256Hex(
            JSON.bytes(
                .members([
                    "type": .string(type), "params": .map(parameters.redacting(secrets)),
                    "base_revision": baseRevision.map(Value.int),
                    "priority": priority == .normal ? nil : .string(priority.rawValue),
                    "timeout_ms": timeout.map { .int(Int($0 / .milliseconds(1))) },
                    "depends_on": dependencies.isEmpty ? nil : .strings(dependencies.map(\.description)),
                    "retry_of": retryOf.map { .string($0.description) },
                ])))
    }

    /// The request's body as it is kept: what was sent, with secret parameters replaced wherever they stand.
    func body(secrets: Set<String>) -> Value {
        request.body.redacting(members: secrets)
    }
}

extension JobError {
    /// What a caller is told when the store refused or failed; the cause is for the log.
    package init(_ error: StoreError) {
        switch error {
        case .headMoved(let number):
            self.init(
                .revisionConflict, "The configuration was changed meanwhile; it is at revision \(number).",
                details: ["current_revision": .int(number)])
        case .keyTaken(let id):
            self.init(.idempotencyKeyInUse, "The idempotency key belongs to job \(id).")
        case .deposed:
            self.init(.noMaster, "This node no longer decides. Send the request again.")
        case .full:
            self.init(.outOfSpace, "The disk with the job store is full: nothing was taken. Make room, then try again.")
        case .unavailable:
            self.init(.storeUnavailable, "The job store cannot be used now. The daemon's log names the cause.")
        }
    }
}
