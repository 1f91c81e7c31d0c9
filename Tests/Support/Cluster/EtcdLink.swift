import Access
package import ClusterLog
import Synchronization

/// A member's way to an etcd in memory.
package final class EtcdLink: Etcd {
    private let etcd: InMemoryEtcd
    private let number: Int
    private let faults = Mutex(Faults())

    private struct Faults {
        var isCut = false
        var hasLostMajority = false
        var loses: @Sendable (Transaction) -> Bool = { _ in false }
        var holds: (@Sendable (Transaction) async -> Void)?
        var holdsAnswers: (@Sendable (Transaction) async -> Void)?
    }

    init(_ etcd: InMemoryEtcd, number: Int) {
        self.etcd = etcd
        self.number = number
    }

    /// Whether nothing gets through; watches end with an error.
    package var isCut: Bool {
        get { faults.withLock { $0.isCut } }
        set {
            faults.withLock { $0.isCut = newValue }
            guard newValue else { return }
            let watches = etcd.state.withLock { state in
                let own = state.watches.filter { $0.value.link == number }
                for watch in own.keys { state.watches[watch] = nil }
                return own.values.map(\.stream)
            }
            for watch in watches { watch.finish(throwing: EtcdError.timeout) }
        }
    }

    /// Whether the member of etcd it leads to hears nothing of the others: watches it has tell nothing new, and do not end.
    package var isUnaware: Bool {
        get { etcd.state.withLock { $0.unaware.contains(number) } }
        set {
            etcd.state.withLock { state in
                if newValue { state.unaware.insert(number) } else { state.becomeAware(number) }
            }
        }
    }

    /// Whether that member has lost the majority: it answers nothing either.
    package var hasLostMajority: Bool {
        get { faults.withLock { $0.hasLostMajority } }
        set {
            faults.withLock { $0.hasLostMajority = newValue }
            isUnaware = newValue
        }
    }

    /// Loses the answers of transactions that take effect.
    package func loseAnswers(to transactions: @escaping @Sendable (Transaction) -> Bool) {
        faults.withLock { $0.loses = transactions }
    }

    /// Has transactions wait before they reach etcd.
    package func hold(_ wait: (@Sendable (Transaction) async -> Void)?) { faults.withLock { $0.holds = wait } }

    /// Has the answers of transactions wait on their way back.
    package func holdAnswers(_ wait: (@Sendable (Transaction) async -> Void)?) {
        faults.withLock { $0.holdsAnswers = wait }
    }

    package func transact(_ transaction: Transaction) async throws(EtcdError) -> TransactionAnswer {
        if let holds = faults.withLock({ $0.holds }) { await holds(transaction) }
        let answer = try reach { (state) throws(EtcdError) in try state.transact(transaction) }
        if let holds = faults.withLock({ $0.holdsAnswers }) { await holds(transaction) }
        if faults.withLock({ $0.loses })(transaction) { throw .timeout }
        return answer
    }

    package func range(from first: String, before end: String, limit: Int) async throws(EtcdError) -> KeyRange {
        try reach { state in
            let found = state.range(first, end)
            return KeyRange(Array(found.prefix(limit)), hasMore: found.count > limit, revision: state.revision)
        }
    }

    package func delete(
        from first: String, before end: String, asLongAs key: String, wasCreatedAt revision: Int
    ) async throws(EtcdError) -> Bool {
        try reach { state in
            guard state.keys[key]?.created == revision else { return false }
            for key in state.range(first, end) { state.delete(key.key) }
            return true
        }
    }

    package func compact(before revision: Int) async throws(EtcdError) {
        try reach { state in
            state.compacted = max(state.compacted, revision)
            state.past.removeAll { $0.revision < revision }
        }
    }

    package func grantLease(_ lifetime: Duration) async throws(EtcdError) -> Int {
        let now = etcd.time.monotonic
        return try reach { (state) throws(EtcdError) in
            if state.isFull { throw .noRoom }
            state.latest += 1
            state.leases[state.latest] = (lifetime, now + lifetime)
            return state.latest
        }
    }

    package func keepAlive(_ lease: Int) async throws(EtcdError) -> Bool {
        let now = etcd.time.monotonic
        return try reach { state in
            guard let known = state.leases[lease] else { return false }
            state.leases[lease] = (known.lifetime, now + known.lifetime)
            return true
        }
    }

    package func revoke(_ lease: Int) async throws(EtcdError) { try reach { $0.revoke(lease) } }

    package func watch(prefix: String, from revision: Int?) -> AsyncThrowingStream<WatchNotice, any Error> {
        let (stream, continuation) = AsyncThrowingStream<WatchNotice, any Error>.makeStream()
        let watch = InMemoryEtcd.Watch(prefix: prefix, link: number, stream: continuation)
        do throws(EtcdError) {
            try reach { (state) throws(EtcdError) in
                if let revision, revision < state.compacted { throw .compacted(oldest: state.compacted) }
                watch.tell(.opened(revision: revision ?? state.revision + 1))
                for (at, notice) in state.past where at >= revision ?? .max { watch.tell(notice) }
                state.latest += 1
                state.watches[state.latest] = watch
            }
        } catch {
            continuation.finish(throwing: error)
        }
        return stream
    }

    private func reach<Value>(
        _ ask: (inout InMemoryEtcd.State) throws(EtcdError) -> Value
    ) throws(EtcdError) -> Value {
        if faults.withLock({ $0.isCut || $0.hasLostMajority }) { throw .timeout }
        let result = etcd.change { state in
            Result<Value, EtcdError> { () throws(EtcdError) in try ask(&state) }
        }
        return try result.get()
    }
}
