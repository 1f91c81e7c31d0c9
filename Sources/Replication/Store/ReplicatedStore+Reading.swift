package import JobEngine

/// All that is read comes from the state of this node.
extension ReplicatedStore {
    package func open() async throws(StoreError) -> StoreContents { try await state.open() }

    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? { try await state.job(id) }

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage { try await state.jobs(query) }

    package func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally { try await state.tally(query) }

    package func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        try await state.jobs(with: keys)
    }

    package func archived(_ id: JobID) async throws(StoreError) -> ArchivedJob? { try await state.archived(id) }

    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        try await state.revision(number)
    }

    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await state.revisions(below: number, limit: limit)
    }
}
