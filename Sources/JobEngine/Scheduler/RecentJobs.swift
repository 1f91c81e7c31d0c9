import DequeModule

/// The jobs that ended last, so that a result asked for at once costs no look into the store.
struct RecentJobs {
    private var records: [JobID: JobRecord] = [:]
    private var order: Deque<JobID> = []
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    subscript(_ id: JobID) -> JobRecord? { records[id] }

    mutating func insert(_ record: JobRecord) {
        if records.updateValue(record, forKey: record.id) == nil { order.append(record.id) }
        while order.count > limit, let oldest = order.popFirst() { records[oldest] = nil }
    }
}
