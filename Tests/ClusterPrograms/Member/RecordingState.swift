import Access
import Certificates
import ClusterLog
import JobEngine
import Replication
import SQLiteStore
import Values

/// The store of a member, and what it was made to apply.
struct RecordingState: ReplicatedState {
    let store: SQLiteStore
    let recording: Recording

    /// What stands for the state is made after so many entries: it reads all there is.
    private static let period = 1_000

    /// Writes down what was applied right before the process ended.
    func begin() async throws(StoreError) {
        let entry = try await store.applied()
        if recording.lacks(entry) { await record(entry) }
    }

    func applied() async throws(StoreError) -> AppliedEntry { try await store.applied() }

    func level() async throws(StoreError) -> Int { try await store.level() }

    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await recorded(entry) { () async throws(StoreError) in
            try await store.apply(records, audit: audit, upTo: entry)
        }
    }

    func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], after place: LogPlace, upTo entry: AppliedEntry
    ) async throws(StoreError) {
        try await recorded(entry) { () async throws(StoreError) in
            try await store.apply(records, audit: audit, after: place, upTo: entry)
        }
    }

    private func recorded(_ entry: AppliedEntry, _ apply: () async throws(StoreError) -> Void) async throws(StoreError)
    {
        do throws(StoreError) {
            try await apply()
        } catch {
            // Nobody knows whether it is there.
            if (try? await store.applied()) == entry { await record(entry) }
            throw error
        }
        await record(entry)
    }

    private func record(_ entry: AppliedEntry) async {
        let isDue = entry.place.index.isMultiple(of: Self.period)
        recording.apply(entry, digest: isDue ? await digest(at: entry) : "")
    }

    /// Stands for all that has to be equal on every node.
    func digest(at entry: AppliedEntry) async -> String {
        guard let dump = try? await store.dump(), dump.end == entry else { return "could not be read" }
        return Hex.text(Digest.sha256(Array(dump.tables.map { "\($0.name) \($0.rows) \($0.sha256)\n" }.joined().utf8)))
    }

    // MARK: Reading

    func open() async throws(StoreError) -> StoreContents { try await store.open() }

    func apply(_ write: StoreWrite) async throws(StoreError) { try await store.apply(write) }

    func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await store.job(id) }

    func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await store.jobs(query) }

    func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        try await store.jobs(with: keys)
    }

    func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await store.archived(id) }

    func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { try await store.tally(query) }

    func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? { try await store.revision(number) }

    func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await store.revisions(below: number, limit: limit)
    }
}
