package import JobEngine
import Synchronization

/// The store port in memory: durable as long as the object lives, so a "restart" is a new scheduler on the same store.
package final class InMemoryStore: Store {
    private let state: Mutex<State>

    struct State {
        var jobs: [JobID: JobRecord] = [:]
        var revisions: [Int: RevisionRecord] = [:]
        var keys: [String: (id: JobID, digest: String)] = [:]
        var suspended: Set<Int> = []
        var rules: [Int: QueueRule] = [:]
        /// The how-manieth end a job's was.
        var ends: [JobID: Int] = [:]
        var archived: [JobID: JobRecord] = [:]
        var nextNumber = 1
        var writes = 0
        var failingWrites: Set<Int> = []
        var unansweredWrites: Set<Int> = []
        var lastWrite: Int?
    }

    package init() {
        state = Mutex(State())
    }

    /// How many writes were asked for so far, refused ones counted.
    package var writeCount: Int { state.withLock { $0.writes } }

    /// Makes the write of this number (from 1) fail.
    package func failWrite(_ number: Int) {
        state.withLock { _ = $0.failingWrites.insert(number) }
    }

    /// Makes the write of this number (from 1) take effect and be told as failed all the same.
    package func loseAnswer(ofWrite number: Int) {
        state.withLock { _ = $0.unansweredWrites.insert(number) }
    }

    /// From this write on nothing is stored any more, as if the power had gone before it.
    package func losePower(atWrite number: Int) {
        state.withLock { $0.lastWrite = number - 1 }
    }

    /// The power is back; what was stored before is there.
    package func restorePower() {
        state.withLock { $0.lastWrite = nil }
    }

    package func open() async throws(StoreError) -> StoreContents {
        state.withLock { state in
            var contents = StoreContents(
                head: state.revisions.keys.max().flatMap { state.revisions[$0] },
                openJobs: state.jobs.values.filter { !$0.isDone }.sorted { $0.id < $1.id },
                suspendedNodes: state.suspended)
            contents.rules = Array(state.rules.values)
            return contents
        }
    }

    package func reserveJobNumbers(_ count: Int) async throws(StoreError) -> Range<Int> {
        state.withLock { state in
            defer { state.nextNumber += count }
            return state.nextNumber..<state.nextNumber + count
        }
    }

    package func apply(_ write: StoreWrite) async throws(StoreError) {
        let refusal: StoreError? = state.withLock { state in
            state.writes += 1
            if state.failingWrites.contains(state.writes) { return .unavailable("the disk is full") }
            if let last = state.lastWrite, state.writes > last { return .unavailable("no power") }
            let number = state.writes
            let refusal = state.apply(write)
            return state.unansweredWrites.contains(number) ? .unavailable("the answer was lost") : refusal
        }
        if let refusal { throw refusal }
    }

    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        state.withLock { $0.jobs[id] }
    }

    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? {
        state.withLock { $0.archived[id] }.map {
            ArchivedJob(
                id: id, user: $0.requester.name, archivedAt: Timestamp(milliseconds: 1_800_000_000_000),
                archive: "jobs.ndjson.gz")
        }
    }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        state.withLock { JobListing(query, jobs: Array($0.jobs.values), ends: $0.ends).page }
    }

    package func job(
        user: String, idempotencyKey: String
    ) async throws(StoreError) -> (id: JobID, digest: String)? {
        state.withLock { $0.keys["\(user)\u{0}\(idempotencyKey)"] }
    }

    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        state.withLock { $0.revisions[number] }
    }

    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        state.withLock { state in
            let numbers = state.revisions.keys.filter { $0 < number ?? .max }.sorted(by: >).prefix(limit)
            return numbers.compactMap { state.revisions[$0] }
        }
    }
}

extension InMemoryStore.State {
    /// - Returns: Why nothing was written, `nil` when all was.
    mutating func apply(_ write: StoreWrite) -> StoreError? {
        if let expected = write.expectedHead, let head = revisions.keys.max(), head != expected {
            return .headMoved(to: head)
        }
        for record in write.jobs {
            guard let key = record.scopedKey, let digest = write.requestDigests[record.id] else { continue }
            let entry = "\(record.requester.name)\u{0}\(key)"
            if let taken = keys[entry], taken.id != record.id { return .keyTaken(taken.id) }
            keys[entry] = (record.id, digest)
        }
        for record in write.jobs {
            jobs[record.id] = record
            if record.isDone, ends[record.id] == nil { ends[record.id] = (ends.values.max() ?? 0) + 1 }
        }
        for rule in write.rules { rules[rule.number] = rule }
        for number in write.removedRules { rules[number] = nil }
        for revision in write.revisions { revisions[revision.number] = revision }
        for (number, acknowledgements) in write.acknowledgements {
            revisions[number]?.acknowledgements = acknowledgements
        }
        for (node, isSuspended) in write.suspensions {
            if isSuspended { suspended.insert(node) } else { suspended.remove(node) }
        }
        return nil
    }
}

extension InMemoryStore: JobArchive {
    /// Two jobs a batch; fails like any other write.
    package func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch {
        let result: Result<ArchivedBatch, StoreError> = state.withLock { state in
            state.writes += 1
            if state.failingWrites.contains(state.writes) { return .failure(.unavailable("the disk is full")) }
            let (lastEnd, last) = (state.ends.values.max() ?? 0, state.jobs.keys.max())
            var batch = ArchivedBatch()
            for (id, end) in state.ends.sorted(by: { $0.value < $1.value }) where end > due.after && end < lastEnd {
                guard let job = state.jobs[id], job.isDue(due, end: end, of: lastEnd) else { break }
                if batch.jobs.count == 2 { return .success(batch) }
                batch.next = end
                if due.isNeeded(job) || id == last { continue }
                batch.jobs.append(id)
                state.archived[id] = state.jobs.removeValue(forKey: id)
                state.ends[id] = nil
                state.keys = state.keys.filter { $0.value.id != id }
            }
            batch.next = nil
            return .success(batch)
        }
        return try result.get()
    }
}

extension JobRecord {
    fileprivate func isDue(_ due: DueJobs, end: Int, of last: Int) -> Bool {
        if let count = due.count, end <= last - count { return true }
        guard let limit = due.endedBefore, let endedAt else { return false }
        return endedAt < limit
    }
}
