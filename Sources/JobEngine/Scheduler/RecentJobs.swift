import DequeModule

/// The jobs that ended last, so that a result asked for at once costs no look into the store.
struct RecentJobs {
    private struct Entry {
        let record: JobRecord
        /// The result with its passwords, where the kept one has none.
        let told: JobResult?
    }

    private var entries: [JobID: Entry] = [:]
    private var order: Deque<JobID> = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// The job as it is kept.
    subscript(_ id: JobID) -> JobRecord? { entries[id]?.record }

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

    mutating func remove(_ id: JobID) { entries[id] = nil }
}
