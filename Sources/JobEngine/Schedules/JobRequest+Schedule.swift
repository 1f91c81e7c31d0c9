package import Access
import Values

extension Principal {
    /// Who asks for the jobs the daemon submits by itself, with root's rights.
    ///
    /// No account can bear the name, as a colon ends it in the system's files and in HTTP's Basic scheme (RFC 7617).
    package static let schedule = Principal(
        name: "confd:schedule", roles: [rootName], userID: 0, groupIDs: [0], method: .internal)
}

extension JobRequest {
    /// A job nobody asked for in a request.
    ///
    /// - Parameters:
    ///   - purpose: Why it is submitted, for people who read the history.
    ///   - key: Submitted twice with the same key, it is one job.
    init(scheduled type: String, _ parameters: [String: Value], purpose: String, key: String) {
        self.init(
            type: type, parameters: parameters, principal: .schedule,
            request: JobRecord.Request(dialect: "internal", address: ""))
        intent = purpose
        idempotencyKey = key
    }
}

extension JobError {
    /// Whether the same job may be taken a moment later.
    var passes: Bool {
        switch code {
        case .queueFull, .shuttingDown, .noMaster, .noQuorum, .behind, .outOfSpace, .storeUnavailable, .outcomeUnknown,
            .internal:
            true
        default: false
        }
    }
}
