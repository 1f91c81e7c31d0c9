package import JobEngine
import Replication
import Synchronization
import Values

extension InMemoryStore: JobArchive {
    /// Two jobs a batch; fails like any other write.
    package func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch {
        let result: Result<ArchivedBatch, StoreError> = state.withLock { state in
            state.writes += 1
            if state.failingWrites.contains(state.writes) { return .failure(.unavailable("the disk is full")) }
            return .success(state.archive(due))
        }
        return try result.get()
    }
}

extension InMemoryStore.State {
    /// What ``archive(_:)`` would move, as an order for every node.
    func plan(_ due: DueJobs) -> PlannedArchive {
        var copy = self
        let batch = copy.archive(due)
        guard let last = batch.jobs.compactMap({ ends[$0] }).max() else { return PlannedArchive(nil, batch) }
        let kept = ends.filter { (due.after + 1...last).contains($0.value) && !batch.jobs.contains($0.key) }
        let order = ArchiveOrder(
            after: due.after, through: last, kept: kept.map(\.key.number).sorted(), at: due.now)
        return PlannedArchive(order, batch)
    }

    /// Moves the jobs of an order.
    mutating func move(_ order: ArchiveOrder) {
        for (id, end) in ends where end > order.after && end <= order.through && !order.kept.contains(id.number) {
            guard let job = jobs[id.number] else { continue }
            archived[id] = ArchivedJob(
                id: id, user: job.requester.name, archivedAt: order.at, archive: "jobs.ndjson.gz")
            forget(id)
        }
    }

    fileprivate mutating func archive(_ due: DueJobs) -> ArchivedBatch {
        let (lastEnd, last) = (ends.values.max() ?? 0, jobs.keys.max())
        var surplus = due.bytes.map { size - $0 } ?? 0
        var batch = ArchivedBatch()
        for (id, end) in ends.sorted(by: { $0.value < $1.value }) where end > due.after && end < lastEnd {
            guard let job = jobs[id.number], id.number != last else { continue }
            guard surplus > 0 || job.isDue(due, end: end, of: lastEnd) else { break }
            if batch.jobs.count == 2 { return batch }
            batch.next = end
            if due.isNeeded(job) { continue }
            surplus -= job.size
            batch.jobs.append(id)
            archived[id] = ArchivedJob(
                id: id, user: job.requester.name, archivedAt: due.now, archive: "jobs.ndjson.gz")
            forget(id)
        }
        batch.next = nil
        return batch
    }

    private mutating func forget(_ id: JobID) {
        jobs[id.number] = nil
        ends[id] = nil
        digests[id] = nil
        keys = keys.filter { $0.value != id }
    }

    private var size: Int { jobs.values.reduce(0) { $0 + $1.size } }
}

extension JobRecord {
    fileprivate var size: Int { JSON.bytes(value).count }

    fileprivate func isDue(_ due: DueJobs, end: Int, of last: Int) -> Bool {
        if let count = due.count, end <= last - count { return true }
        guard let limit = due.endedBefore, let endedAt else { return false }
        return endedAt < limit
    }
}
