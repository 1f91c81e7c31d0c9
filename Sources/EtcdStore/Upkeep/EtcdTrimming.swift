package import ClusterLog

/// Keeps the log in etcd short: deletes what everybody has applied, and has etcd forget what was deleted.
package struct EtcdTrimming: Sendable {
    private let client: EtcdClient
    private let keys: LogKeys

    /// For one generation of a log.
    package init(_ client: EtcdClient, keys: LogKeys) {
        self.client = client
        self.keys = keys
    }

    /// Trims the log once; whoever decides does so every 30 s.
    ///
    /// - Parameters:
    ///   - term: It deletes nothing when another term has begun.
    ///   - newest: The index of the newest entry.
    ///   - appliedByAll: ``Vitality/appliedByAll``.
    /// - Returns: The lowest index that is left, `nil` when the term is over.
    package func trim(in term: Term, newest: Int, appliedByAll: Int?) async throws(EtcdError) -> Int? {
        guard newest > 0, newest < .max else { return newest }
        let size = try await client.status().sizeInUse
        guard let oldest = try await first(upTo: newest).oldest else { return newest }
        let kept = LogExtent(oldest: oldest, newest: newest, size: size).firstKept(appliedByAll: appliedByAll)
        guard kept > oldest else { return oldest }
        let isCurrent = try await client.delete(
            from: keys.entries, before: keys.entry(kept), asLongAs: keys.master, wasCreatedAt: term.epoch)
        guard isCurrent else { return nil }
        // What was deleted is forgotten only at a revision that is no older.
        try await client.compact(before: try await first(upTo: newest).revision)
        return kept
    }

    private func first(upTo newest: Int) async throws(EtcdError) -> (oldest: Int?, revision: Int) {
        let found = try await client.range(from: keys.entries, before: keys.entry(newest + 1), limit: 1)
        return (found.found.first.flatMap { keys.index(of: $0.key) }, found.revision)
    }
}
