import Values

/// What is changed of a job that has not begun; what is not named stays.
package struct JobAmendment: Sendable, Hashable {
    /// A member that stays, is taken away, or gets another value.
    package enum Change<Wrapped: Sendable & Hashable>: Sendable, Hashable {
        case keep
        case remove
        case set(Wrapped)

        func applied(to old: Wrapped?) -> Wrapped? {
            switch self {
            case .keep: old
            case .remove: nil
            case .set(let new): new
            }
        }
    }

    /// Taken away means `normal`.
    package var priority = Change<JobPriority>.keep
    /// From the submission on, as the caller would have said it then.
    package var timeout = Change<Duration>.keep
    /// What the job is for.
    package var reason = Change<String>.keep

    /// Changes nothing; its members are set one by one.
    package init() {}

    func apply(to record: inout JobRecord) {
        record.priority = priority.applied(to: record.priority) ?? .normal
        record.timeout = timeout.applied(to: record.timeout)
        record.intent = reason.applied(to: record.intent).map(Secret.masked)
    }
}

/// How urgent a job is among those that wait for the same thing; a job that has begun is never overtaken.
package enum JobPriority: String, Sendable, Hashable, CaseIterable, Comparable {
    case low, normal, high

    package static func < (left: JobPriority, right: JobPriority) -> Bool { left.rank < right.rank }

    var rank: Int {
        switch self {
        case .low: 0
        case .normal: 1
        case .high: 2
        }
    }
}
