package import JobEngine

/// The archive of a cluster: the node that decides says by an entry which jobs go, and every node moves the same ones.
///
/// On a node that does not decide, nothing is due.
package struct ReplicatedArchive: JobArchive {
    private let store: ReplicatedStore
    private let planner: any ArchivePlanner

    /// - Parameter planner: That of the state the store applies to.
    package init(_ store: ReplicatedStore, planner: any ArchivePlanner) {
        self.store = store
        self.planner = planner
    }

    /// - Returns: What was planned, once it is applied here; no job when this node does not decide, or not any more.
    /// - Throws: `full` or `unavailable`.
    package func archive(_ due: DueJobs) async throws(StoreError) -> ArchivedBatch {
        guard let term = store.openTerm else { return ArchivedBatch() }
        let plan = try await planner.archiveOrder(for: due)
        guard let order = plan.order else { return plan.batch }
        do throws(StoreError) {
            try await store.record([.archive(order)], audit: [], only: term)
        } catch {
            guard error == .deposed else { throw error }
            return ArchivedBatch()
        }
        return plan.batch
    }
}
