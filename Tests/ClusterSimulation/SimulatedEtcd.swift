import ClusterLog

/// An etcd as a value: linearizable, with revisions, leases, transactions, a quota, and a history that watches go through.
struct SimulatedEtcd {
    /// A key that was written or went.
    struct Change: Hashable {
        let revision: Int
        let key: String
        /// `nil` when it went.
        let value: KeyValue?
    }

    struct NoRoom: Error {}
    struct NoLease: Error {}

    private(set) var revision = 1
    private(set) var keys: [String: KeyValue] = [:]
    private var leases: [Int: (lifetime: Int, endsAt: Int)] = [:]
    /// What happened since the last look at it.
    private var changes: [Change] = []
    /// No room: puts and new leases are refused.
    var isFull = false

    mutating func takeChanges() -> [Change] {
        defer { changes = [] }
        return changes
    }

    mutating func transact(_ transaction: Transaction, at now: Int) throws -> TransactionAnswer {
        expire(at: now)
        let puts = transaction.success.contains { if case .put = $0 { true } else { false } }
        if isFull, puts { throw NoRoom() }
        let holds = transaction.comparisons.allSatisfy { comparison in
            switch comparison {
            case .created(let key, let at): keys[key]?.created == at
            case .isMissing(let key): keys[key] == nil
            case .exists(let key): keys[key] != nil
            }
        }
        var found: [[KeyValue]] = []
        for operation in holds ? transaction.success : transaction.failure { found.append(try perform(operation)) }
        return TransactionAnswer(succeeded: holds, found: found, revision: revision)
    }

    private mutating func perform(_ operation: Transaction.Operation) throws -> [KeyValue] {
        switch operation {
        case .put(let key, let value, let lease):
            if let lease, leases[lease] == nil { throw NoLease() }
            revision += 1
            let pair = KeyValue(key: key, value: value, created: keys[key]?.created ?? revision, lease: lease)
            keys[key] = pair
            changes.append(Change(revision: revision, key: key, value: pair))
            return []
        case .get(let key): return [keys[key]].compactMap(\.self)
        case .first(let prefix): return edge(prefix) { $0 < $1 }
        case .last(let prefix): return edge(prefix) { $0 > $1 }
        }
    }

    private func edge(_ prefix: String, _ isBefore: (String, String) -> Bool) -> [KeyValue] {
        var best: KeyValue?
        for (key, pair) in keys where key.hasPrefix(prefix) {
            if let known = best, !isBefore(key, known.key) { continue }
            best = pair
        }
        return [best].compactMap(\.self)
    }

    func range(_ prefix: String, from key: String) -> [KeyValue] {
        keys.values.filter { $0.key.hasPrefix(prefix) && $0.key >= key }.sorted { $0.key < $1.key }
    }

    mutating func delete(_ key: String) {
        guard keys.removeValue(forKey: key) != nil else { return }
        revision += 1
        changes.append(Change(revision: revision, key: key, value: nil))
    }

    /// Others write to the same etcd, and write much.
    mutating func writeElsewhere() { revision += 1_000 }

    // MARK: Leases

    mutating func grant(_ id: Int, lifetime: Int, at now: Int) throws {
        if isFull { throw NoRoom() }
        leases[id] = (lifetime, now + lifetime)
    }

    mutating func keepAlive(_ id: Int, at now: Int) -> Bool {
        expire(at: now)
        guard let lease = leases[id] else { return false }
        leases[id]?.endsAt = now + lease.lifetime
        return true
    }

    mutating func revoke(_ id: Int) {
        guard leases.removeValue(forKey: id) != nil else { return }
        for key in keys.values.filter({ $0.lease == id }).map(\.key).sorted() { delete(key) }
    }

    mutating func expire(at now: Int) {
        for id in leases.filter({ $0.value.endsAt <= now }).keys.sorted() { revoke(id) }
    }

    /// A new leader of etcd lets all leases begin anew.
    mutating func restartLeases(at now: Int) {
        for (id, lease) in leases { leases[id]?.endsAt = now + lease.lifetime }
    }
}
