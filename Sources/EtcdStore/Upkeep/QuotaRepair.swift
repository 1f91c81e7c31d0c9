package import ClusterLog

/// Makes room in an etcd that has none: it writes nothing any more until somebody does.
///
/// Any node with a vote may do so, in any order with others: it deletes old entries only, and never the newest.
package struct QuotaRepair: Sendable {
    /// What came of it.
    package struct Outcome: Sendable, Hashable {
        /// The lowest index that is left, `nil` when there was no entry.
        package var oldest: Int?
        /// Members that could not give back room; their alarm comes again as soon as they are there.
        package var unreached: [EtcdEndpoint] = []
    }

    private let client: EtcdClient
    private let keys: LogKeys

    /// For one generation of a log.
    package init(_ client: EtcdClient, keys: LogKeys) {
        self.client = client
        self.keys = keys
    }

    /// Deletes, compacts, defragments, and takes the alarms back, when there are any of this kind.
    ///
    /// - Returns: `nil` when there is no such alarm.
    package func run() async throws(EtcdError) -> Outcome? {
        let alarms = try await client.alarms().filter { $0.kind == .noSpace }
        if alarms.isEmpty { return nil }
        var outcome = Outcome(oldest: try await shorten())
        for endpoint in client.rotation.all {
            do throws(EtcdError) {
                // The members are one after the other without an answer meanwhile, never two at once.
                try await client.defragment(endpoint)
            } catch {
                outcome.unreached.append(endpoint)
            }
        }
        for alarm in alarms { try await client.disarm(alarm) }
        return outcome
    }

    /// Deletes entries until what is left takes half of what there was.
    private func shorten() async throws(EtcdError) -> Int? {
        let full = try await client.status().size
        var kept = LogExtent.leastKept
        while true {
            let (oldest, used) = try await keep(kept)
            if oldest == nil || used <= full / 2 || kept == 1 { return oldest }
            kept = max(1, kept / 4)
        }
    }

    private func keep(_ count: Int) async throws(EtcdError) -> (oldest: Int?, used: Int) {
        let ends = try await client.transact(
            Transaction(success: [.first(keys.entries), .last(keys.entries), .get(keys.format)]))
        guard ends.found.count == 3 else { throw .failed("etcd answered less than it was asked") }
        let indexes = ends.found.prefix(2).map { $0.first.flatMap { keys.index(of: $0.key) } }
        var kept: Int?
        if let oldest = indexes[0], let newest = indexes[1], let format = ends.found[2].first {
            let first = LogExtent(oldest: oldest, newest: newest, size: 0).firstKept(keeping: count)
            kept = first
            if first > oldest {
                _ = try await client.delete(
                    from: keys.entries, before: keys.entry(first), asLongAs: keys.format, wasCreatedAt: format.created)
            }
        }
        let revision = try await client.range(from: keys.format, before: keys.format + "0", limit: 1).revision
        try await client.compactWholly(before: revision)
        return (kept, try await client.status().sizeInUse)
    }
}
