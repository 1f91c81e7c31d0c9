import Access
import ClusterLog
import JobEngine

/// A state of which somebody hears what is applied to it, at the latest when whoever applied it does.
struct WatchedState: ReplicatedState {
    private let state: any ReplicatedState
    private let tell: @Sendable ([ReplicatedRecord]) -> Void

    init(_ state: any ReplicatedState, _ tell: @escaping @Sendable ([ReplicatedRecord]) -> Void) {
        self.state = state
        self.tell = tell
    }

    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await telling(records) { () async throws(StoreError) in
            try await state.apply(records, audit: audit, upTo: entry)
        }
    }

    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], after place: LogPlace, upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await telling(records) { () async throws(StoreError) in
            try await state.apply(records, audit: audit, after: place, upTo: entry)
        }
    }

    private func telling(
        _ records: [ReplicatedRecord], _ apply: () async throws(StoreError) -> Void
    ) async throws(StoreError) {
        do throws(StoreError) {
            try await apply()
        } catch {
            // It may be there all the same, and is decided in any case.
            if case .unavailable = error { tell(records) }
            throw error
        }
        tell(records)
    }

    // MARK: As it is

    func applied() async throws(StoreError) -> AppliedEntry { try await state.applied() }

    func level() async throws(StoreError) -> Int { try await state.level() }

    func open() async throws(StoreError) -> StoreContents { try await state.open() }

    func apply(_ write: StoreWrite) async throws(StoreError) { try await state.apply(write) }

    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await state.job(id) }

    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await state.jobs(query) }

    func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        try await state.jobs(with: keys)
    }

    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await state.archived(id) }

    func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { try await state.tally(query) }

    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? { try await state.revision(number) }

    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await state.revisions(below: number, limit: limit)
    }
}
