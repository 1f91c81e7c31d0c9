import Access
import DequeModule

/// The jobs that ended last, and some that were asked for since, so that a look at them costs none into the store.
struct RecentJobs {
    private struct Entry {
        let record: JobRecord
        /// The result with its passwords, where the kept one has none.
        let told: JobResult?
    }

    /// What was removed by then; a record that was read from the store before a removal may be of a job that has left it.
    struct ReadMark: Equatable {
        fileprivate var removals = 0
    }

    private var entries: [JobID: Entry] = [:]
    private var order: Deque<JobID> = []
    private let limit: Int
    private var reread: BoundedMap<JobID, JobRecord>
    /// To be taken before the store is asked.
    private(set) var mark = ReadMark()

    init(limit: Int) {
        self.limit = limit
        reread = BoundedMap(capacity: limit / 8)
    }

    /// The job as it is kept.
    subscript(_ id: JobID) -> JobRecord? { entries[id]?.record ?? reread.value(for: id) }

    /// The job with the result whoever asked for it was told.
    func told(_ id: JobID) -> JobRecord? {
        guard let entry = entries[id] else { return nil }
        var record = entry.record
        if let told = entry.told { record.result = told }
        return record
    }

    mutating func insert(_ record: JobRecord, told: JobResult? = nil) {
        if entries.updateValue(Entry(record: record, told: told), forKey: record.id) == nil { order.append(record.id) }
        while order.count > limit, let oldest = order.popFirst() { entries[oldest] = nil }
    }

    /// Takes a job that was read from the store; one that has ended stays as it is until it leaves the store.
    mutating func insert(_ record: JobRecord, readAt mark: ReadMark) {
        if record.isDone, mark == self.mark { reread.set(record, for: record.id) }
    }

    mutating func removeAll() {
        entries.removeAll()
        order.removeAll()
        reread = BoundedMap(capacity: limit / 8)
        mark.removals += 1
    }

    mutating func remove(_ jobs: [JobID]) {
        for id in jobs {
            entries[id] = nil
            reread.remove(id)
        }
        mark.removals += 1
    }
}
