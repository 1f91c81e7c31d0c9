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
