/// Where a job stands on its way; it never goes back.
package enum Stage: String, Sendable, Hashable, CaseIterable, Comparable {
    /// It has an id and waits in the queue.
    case submitted
    /// It was examined against the current configuration and accepted.
    case scheduled
    /// Its commands run, or ran.
    case executed
    /// All commands ran and their results are stored: the end of a read job.
    case finished
    /// Every node has the new configuration: the end of a job that changes it.
    case committed

    package static func < (left: Stage, right: Stage) -> Bool { left.order < right.order }

    private var order: Int {
        switch self {
        case .submitted: 0
        case .scheduled: 1
        case .executed: 2
        case .finished: 3
        case .committed: 4
        }
    }
}

/// How a job ended; it comes once and stays.
package enum Outcome: String, Sendable, Hashable, CaseIterable {
    case ok
    /// A command, or the job's own work, gave an error.
    case failed
    /// It was examined and not accepted: nothing ran.
    case declined
    case cancelled
    case timedOut = "timed_out"
    /// What it did is unknown for good.
    case lost
}

/// Whether a job may change the configuration.
package enum JobMode: String, Sendable, Hashable, CaseIterable {
    case read
    case modify
}
