import HeapModule
import Values

/// What has to happen at which time, the next one in front.
///
/// Times are those of a clock that never goes back. Setting and taking away cost little however many are set.
struct Deadlines: Sendable {
    /// What is due.
    enum Key: Sendable, Hashable, Comparable {
        /// The time a job was given is over.
        case timeout(JobID)
        /// A command that was asked to stop had its time to do so.
        case force(JobID)
        /// A rule ends.
        case rule(Int)
        /// The newest revision is brought to this node once more.
        case install
        /// It is asked once more how the jobs ended that a job depends on.
        case dependencies(JobID)

        /// What is due at the same time comes in this order.
        private var rank: (Int, JobID) {
            switch self {
            case .timeout(let id): (0, id)
            case .force(let id): (1, id)
            case .rule(let number): (2, JobID(node: 0, number: number))
            case .install: (3, JobID(node: 0, number: 0))
            case .dependencies(let id): (4, id)
            }
        }

        static func < (one: Key, other: Key) -> Bool { one.rank < other.rank }
    }

    private struct Entry: Sendable, Comparable {
        let due: Duration
        let key: Key

        static func < (one: Entry, other: Entry) -> Bool { (one.due, one.key) < (other.due, other.key) }
    }

    /// An entry whose time is not that of `times` any more is passed over.
    private var heap = Heap<Entry>()
    private var times: [Key: Duration] = [:]

    /// The time of the next one.
    var next: Duration? { heap.min?.due }

    /// Sets or moves a deadline.
    mutating func set(_ key: Key, _ due: Duration) {
        times[key] = due
        heap.insert(Entry(due: due, key: key))
    }

    mutating func remove(_ key: Key) {
        times[key] = nil
        dropPassed()
    }

    /// Takes out everything that is due.
    mutating func take(until now: Duration) -> [Key] {
        var due: [Key] = []
        while let first = heap.min, first.due <= now {
            heap.removeMin()
            if times[first.key] == first.due {
                times[first.key] = nil
                due.append(first.key)
            }
        }
        dropPassed()
        return due
    }

    private mutating func dropPassed() {
        while let first = heap.min, times[first.key] != first.due { heap.removeMin() }
        if heap.count > 2 * times.count + 32 { heap = Heap(times.map { Entry(due: $0.value, key: $0.key) }) }
    }
}
