package import Values

/// What readers of events are told of a finding.
package struct FindingNews: Sendable, Hashable {
    /// Whether it begins; otherwise it is over.
    package let isRaised: Bool
    /// What it is asked for by.
    package let id: String
    /// What kind of finding it is.
    package let code: String
    /// The object, such as `db:SALES`.
    package let object: String
    /// `notice`, `warning` or `critical`.
    package let severity: String
    /// Since when.
    package let since: Timestamp
    /// What is wrong, in a sentence.
    package let cause: String

    /// A finding that is raised or cleared.
    package init(
        isRaised: Bool, id: String, code: String, object: String, severity: String, since: Timestamp, cause: String
    ) {
        (self.isRaised, self.id, self.code, self.object) = (isRaised, id, code, object)
        (self.severity, self.since, self.cause) = (severity, since, cause)
    }

    var members: [String: Value] {
        [
            "finding_id": .string(id), "code": .string(code), "object": .string(object),
            "severity": .string(severity), "since": .string(since.description),
            "cause": .string(Secret.masked(cause)),
        ]
    }

    /// Roughly what it takes in memory beside itself, in bytes.
    var size: Int { id.utf8.count + code.utf8.count + object.utf8.count + cause.utf8.count }
}
