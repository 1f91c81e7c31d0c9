package import Access
import ClusterLog
package import JobEngine
package import Replication
import Synchronization

/// In a cluster, the state of one node.
extension InMemoryStore: ReplicatedState {
    package func applied() async throws(StoreError) -> AppliedEntry { state.withLock { $0.applied } }

    package func level() async throws(StoreError) -> Int { state.withLock { $0.level } }

    /// Fails like any other write.
    package func apply(
        _ records: [ReplicatedRecord], audit: [AuditEvent], upTo entry: AppliedEntry
    ) async throws(StoreError) {
        let decided = records.compactMap(\.logRecord)
        await state.withLock { $0.beforeApplying }()
        try change { state in
            state.applied = entry
            for event in audit { self.audit.add(event) }
            let refusal = state.apply(StoreWrite(decided), guardsKeys: false)
            for record in records { state.apply(record) }
            return refusal
        }
    }

    /// Takes the state of another node, as one does that was away for too long.
    package func becomeCopy(of other: InMemoryStore) -> AppliedEntry {
        let copy = other.state.withLock { $0 }
        return state.withLock { state in
            state = copy
            return state.applied
        }
    }
}
