import Synchronization

/// How long the jobs took that ended since somebody looked last, the newest ``limit`` of them.
package final class RecentDurations: Sendable {
    /// What is kept at most.
    static let limit = 10_000

    private let kept = Mutex<(seconds: [Float], count: Int)>(([], 0))

    package init() {}

    /// Notes that a job ended.
    package func add(_ seconds: Double) {
        kept.withLock { kept in
            if kept.seconds.count < Self.limit {
                kept.seconds.append(Float(seconds))
            } else {
                kept.seconds[kept.count % Self.limit] = Float(seconds)
            }
            kept.count &+= 1
        }
    }

    /// Takes what was noted, in order of length.
    package func take() -> [Float] {
        kept.withLock { kept in
            defer { kept = ([], 0) }
            return kept.seconds
        }.sorted()
    }
}
