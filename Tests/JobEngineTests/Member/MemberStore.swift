import Access
import JobEngine
import Support
import Synchronization
import Waiting

/// A cluster's log over a state in memory: this node begins a term only while the test has it elected, and others decide what
/// the test says.
final class MemberStore: JobLog, StateStore, StateFeed {
    private struct State {
        var isElected = false
        var reader: AsyncStream<StateNews>.Continuation?
        var held: Waiter<Void>?
    }

    let memory: InMemoryStore
    let cluster: ScriptedCluster
    private let state = Mutex(State())
    private let elections = Waiters<Int, Void>()

    init(_ memory: InMemoryStore, _ cluster: ScriptedCluster) {
        self.memory = memory
        self.cluster = cluster
    }

    var thread: SerialThread { memory.thread }

    // MARK: What the test does

    /// This node is elected: a term may begin.
    func elect() {
        state.withLock { $0.isElected = true }
        elections.resumeAll(returning: ())
    }

    /// This node begins no further term.
    func resign() { state.withLock { $0.isElected = false } }

    /// Another node decides from here on, with a term of its own.
    func depose(for other: Int = 12) async throws {
        resign()
        let first = try await memory.beginTerm()
        cluster.setMaster(other)
        tell(StateNews([], index: first.index, beginsTerm: true, isOwn: false))
    }

    /// The node that decides appends this.
    func decide(_ records: [LogRecord]) async throws {
        try await memory.apply(StoreWrite(records))
        tell(StateNews(records, index: try await memory.end().index, isOwn: false))
    }

    /// The same, and nobody is told.
    ///
    /// - Returns: Where it stands.
    func decideUntold(_ records: [LogRecord]) async throws -> Int {
        try await memory.apply(StoreWrite(records))
        return try await memory.end().index
    }

    /// The state is taken over from another node.
    func leap(by records: [LogRecord]) async throws {
        try await memory.apply(StoreWrite(records))
        tell(StateNews(leapTo: try await memory.end().index))
    }

    /// Appends come to no end before this is taken back.
    func hold(_ isHeld: Bool) {
        let held = state.withLock { state in
            defer { state.held = isHeld ? Waiter() : nil }
            return state.held
        }
        held?.resume(returning: ())
    }

    private func tell(_ news: StateNews) { _ = state.withLock { $0.reader }?.yield(news) }

    // MARK: The log

    func news() -> AsyncStream<StateNews> {
        let (stream, reader) = AsyncStream<StateNews>.makeStream()
        state.withLock { $0.reader = reader }
        return stream
    }

    func beginTerm() async throws(StoreError) -> LogPosition {
        while !Task.isCancelled {
            let waiter = elections.add(0)
            if state.withLock({ $0.isElected }) {
                waiter.resume(returning: ())
                let position = try await memory.beginTerm()
                cluster.setMaster(cluster.status.ownNode)
                tell(StateNews([], index: position.index, beginsTerm: true, isOwn: true))
                return position
            }
            await waiter.answer(whenCancelled: ())
        }
        throw .unavailable("this node was not elected")
    }

    func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) {
        await state.withLock { $0.held }?.answer()
        try await memory.append(records, audit: audit, after: position)
        tell(StateNews(records, index: position.next.index, isOwn: true))
    }

    func end() async throws(StoreError) -> LogPosition { try await memory.end() }

    // MARK: The state

    func open() async throws(StoreError) -> StoreContents { try await memory.open() }

    func apply(_ write: StoreWrite) async throws(StoreError) { try await memory.apply(write) }

    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await memory.job(id) }

    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await memory.jobs(query) }

    func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        try await memory.jobs(with: keys)
    }

    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await memory.archived(id) }

    func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { try await memory.tally(query) }

    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? { try await memory.revision(number) }

    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await memory.revisions(below: number, limit: limit)
    }
}
