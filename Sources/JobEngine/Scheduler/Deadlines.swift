/// What has to happen at which time, the next one in front.
///
/// Times are those of a clock that never goes back. Setting and taking away cost little however many are set.
struct Deadlines: Sendable {
    /// What is due.
    enum Key: Sendable, Hashable {
        /// The time a job was given is over.
        case timeout(JobID)
        /// A command that was asked to stop had its time to do so.
        case force(JobID)
        /// A rule ends.
        case rule(Int)
    }

    private struct Entry: Sendable {
        let due: Duration
        let key: Key
    }

    /// A binary heap; an entry whose time is not that of `times` any more is passed over.
    private var heap: [Entry] = []
    private var times: [Key: Duration] = [:]

    /// The time of the next one.
    var next: Duration? { heap.first?.due }

    /// Sets or moves a deadline.
    mutating func set(_ key: Key, _ due: Duration) {
        times[key] = due
        heap.append(Entry(due: due, key: key))
        rise(heap.count - 1)
    }

    mutating func remove(_ key: Key) {
        times[key] = nil
        dropPassed()
    }

    /// Takes out everything that is due.
    mutating func take(until now: Duration) -> [Key] {
        var due: [Key] = []
        while let first = heap.first, first.due <= now {
            if times[first.key] == first.due {
                times[first.key] = nil
                due.append(first.key)
            }
            dropFirst()
        }
        dropPassed()
        return due
    }

    private mutating func dropPassed() {
        while let first = heap.first, times[first.key] != first.due { dropFirst() }
        if heap.count > 2 * times.count + 32 {
            heap = times.map { Entry(due: $0.value, key: $0.key) }.sorted { $0.due < $1.due }
        }
    }

    private mutating func dropFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sink()
    }

    private mutating func rise(_ start: Int) {
        var index = start
        while index > 0, heap[index].due < heap[(index - 1) / 2].due {
            heap.swapAt(index, (index - 1) / 2)
            index = (index - 1) / 2
        }
    }

    private mutating func sink() {
        var index = 0
        while let least = [2 * index + 1, 2 * index + 2].filter({ $0 < heap.count }).min(by: {
            heap[$0].due < heap[$1].due
        }),
            heap[least].due < heap[index].due
        {
            heap.swapAt(index, least)
            index = least
        }
    }
}
