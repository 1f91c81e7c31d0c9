package import Access
import ClusterLog
package import JobEngine
import Replication
import Synchronization
import Values
package import Waiting

/// The store port in memory: durable as long as the object lives, so a "restart" is a new scheduler on the same store.
package final class InMemoryStore: Store {
    package let thread = SerialThread(name: "memory-store")
    let state: Mutex<State>
    /// What was written to the audit log of its node, by the engine and by others.
    package let audit = InMemoryAudit()

    struct State {
        /// By their numbers, which no two nodes share.
        var jobs: [Int: JobRecord] = [:]
        var revisions: [Int: RevisionRecord] = [:]
        var keys: [IdempotencyKey: JobID] = [:]
        var digests: [JobID: String] = [:]
        /// How often keys were looked for.
        var keyLooks = 0
        var suspended: Set<Int> = []
        var rules: [Int: QueueRule] = [:]
        var undos: [CommandKey: KeptUndo] = [:]
        /// The how-manieth end a job's was.
        var ends: [JobID: Int] = [:]
        var archived: [JobID: ArchivedJob] = [:]
        /// With which revision the logins of a user ended last.
        var loginEndings: [String: Int] = [:]
        var sessionEndings: [String: Int] = [:]
        var sessions: [Session] = []
        var tokens: [APIToken] = []
        /// Of a cluster, by id.
        var locks: [String: ReplicatedLock] = [:]
        /// Of a cluster.
        var bucketFiles: [BucketFileName: BucketEntry] = [:]
        var hasListedBuckets = false
        /// Of a cluster: what may stand in its log.
        var level = 1
        var lastNumber = 0
        var end = LogPosition(term: 0, index: 0)
        /// What was applied last of a cluster's log.
        var applied = AppliedEntry(.start, term: Term(generation: 1, epoch: 0))
        var writes = 0
        var failingWrites: Set<Int> = []
        var unansweredWrites: Set<Int> = []
        var lastWrite: Int?
        var isFull = false
        var afterAppend: @Sendable () async -> Void = {}
        var beforeApplying: @Sendable () async -> Void = {}
    }

    package init() {
        state = Mutex(State())
    }

    /// How many writes were asked for so far, refused ones counted.
    package var writeCount: Int { state.withLock { $0.writes } }

    /// How often idempotency keys were looked for.
    package var keyLooks: Int { state.withLock { $0.keyLooks } }

    /// Makes the write of this number (from 1) fail.
    package func failWrite(_ number: Int) {
        state.withLock { _ = $0.failingWrites.insert(number) }
    }

    /// Makes the write of this number (from 1) take effect and be told as failed all the same.
    package func loseAnswer(ofWrite number: Int) {
        state.withLock { _ = $0.unansweredWrites.insert(number) }
    }

    /// Has the engine hear of an append only when this has ended; everybody else can read it before.
    package func afterAppend(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.afterAppend = work }
    }

    /// Has what a cluster decided be applied only when this has ended, as on a slow disk.
    package func beforeApplying(_ work: @escaping @Sendable () async -> Void) {
        state.withLock { $0.beforeApplying = work }
    }

    /// Whether there is no room for anything more.
    package var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
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
            contents.keptUndos = state.undos.values.sorted()
            let known = Array(state.jobs.keys) + state.archived.keys.map(\.number)
            contents.nextNumber = max(state.lastNumber, known.max() ?? 0) + 1
            return contents
        }
    }

    package func apply(_ write: StoreWrite) async throws(StoreError) {
        try change { state in
            let refusal = state.apply(write)
            if refusal == nil { state.end = state.end.next }
            return refusal
        }
    }

    package func beginTerm() async throws(StoreError) -> LogPosition {
        state.withLock { state in
            state.end = LogPosition(term: state.end.term + 1, index: state.end.index + 1)
            return state.end
        }
    }

    package func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) {
        try change { state in
            guard state.end == position else { return .deposed }
            state.end = position.next
            for event in audit { self.audit.add(event) }
            return state.apply(StoreWrite(records), guardsKeys: false)
        }
        await state.withLock { $0.afterAppend }()
    }

    package func end() async throws(StoreError) -> LogPosition { state.withLock { $0.end } }

    /// Makes a change, unless the test wants it to fail.
    func change(_ change: (inout State) -> StoreError?) throws(StoreError) {
        if isFull { throw .full("no room") }
        let refusal: StoreError? = state.withLock { state in
            state.writes += 1
            if state.failingWrites.contains(state.writes) { return .unavailable("the disk is full") }
            if let last = state.lastWrite, state.writes > last { return .unavailable("no power") }
            let number = state.writes
            let refusal = change(&state)
            return state.unansweredWrites.contains(number) ? .unavailable("the answer was lost") : refusal
        }
        if let refusal { throw refusal }
    }

    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        state.withLock { $0.jobs[id.number] }.flatMap { $0.id == id ? $0 : nil }
    }

    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? {
        state.withLock { $0.archived[id] }
    }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        state.withLock { JobListing(query, jobs: Array($0.jobs.values), ends: $0.ends).page }
    }

    package func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally {
        state.withLock { state in
            let asked = state.jobs.values.filter { job in
                guard let submitted = job.times[.submitted] else { return false }
                return submitted >= query.earliest && submitted < query.span.to
                    && (query.requester.map { $0 == job.requester.name } ?? true)
            }.sorted { $0.id.number > $1.id.number }
            var counter = JobTally.Counter(query)
            for job in asked.prefix(query.limit) {
                guard let submitted = job.times[.submitted] else { continue }
                counter.add(
                    submitted: submitted, begun: job.times[.scheduled], ended: job.endedAt, outcome: job.outcome)
            }
            var tally = counter.finish()
            let oldest = asked.prefix(query.limit).compactMap { $0.times[.submitted] }.min()
            if asked.count > query.limit, let oldest, oldest > query.span.from { tally.countedFrom = oldest }
            tally.hasArchived = !state.archived.isEmpty
            return tally
        }
    }

    package func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        state.withLock { state in
            state.keyLooks += 1
            var found: [IdempotencyKey: (id: JobID, digest: String)] = [:]
            for key in keys {
                if let id = state.keys[key] { found[key] = (id, state.digests[id] ?? "") }
            }
            return found
        }
    }

    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        state.withLock { $0.revisions[number] }
    }

    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        state.withLock { state in
            let numbers = state.revisions.keys.filter { $0 < number ?? .max }.sorted(by: >)
            return numbers.prefix(min(max(limit, 1), 1000)).compactMap { state.revisions[$0]?.withoutText }
        }
    }
}
