package import Access
package import ClusterLog
import Synchronization

/// An etcd in memory: linearizable, with revisions, leases on a clock, watches, compaction and a quota.
///
/// Members reach it by links, each of which can be cut, or lose answers.
package final class InMemoryEtcd: Sendable {
    let state = Mutex(State())
    let time: any TimeSource

    /// Empty.
    package init(_ time: any TimeSource) {
        self.time = time
    }

    /// Ends leases in time and has watches tell that there is nothing to tell, until the task is cancelled.
    package func run() async {
        var tick = 0
        while !Task.isCancelled {
            await time.sleep(until: time.monotonic + .milliseconds(500))
            tick += 1
            change { state in
                if tick.isMultiple(of: 4) {
                    // Those whose reader is gone are taken out here: whoever ends a reader holds what telling it waits for, so
                    // that end must not wait for this state.
                    state.watches = state.watches.filter { $0.value.tellProgress(state.revision) }
                }
            }
        }
    }

    /// A way to it.
    package func link() -> EtcdLink {
        EtcdLink(
            self,
            number: state.withLock { state in
                state.latest += 1
                return state.latest
            })
    }

    /// Whether there is no room for anything more.
    package var isFull: Bool {
        get { state.withLock { $0.isFull } }
        set { state.withLock { $0.isFull = newValue } }
    }

    /// What it holds, in the order of keys.
    package func values(from first: String, before end: String) -> [KeyValue] {
        change { $0.range(first, end) }
    }

    /// Deletes keys as somebody does who trims the log.
    package func delete(from first: String, before end: String) {
        change { state in for key in state.range(first, end) { state.delete(key.key) } }
    }

    /// Makes a change; leases that have ended by then are gone before.
    func change<Value>(_ change: (inout State) -> Value) -> Value {
        state.withLock { state in
            state.expire(at: time.monotonic)
            return change(&state)
        }
    }

    struct Watch {
        let prefix: String
        let link: Int
        let stream: AsyncThrowingStream<WatchNotice, any Error>.Continuation
        /// What is told when its member of etcd hears of it.
        var withheld: [WatchNotice] = []

        func tell(_ notice: WatchNotice) {
            switch notice {
            case .put(let key, _) where !key.key.hasPrefix(prefix): break
            case .deleted(let key, _) where !key.hasPrefix(prefix): break
            case .put, .deleted, .opened, .progress: stream.yield(notice)
            }
        }

        /// Whether somebody reads it still.
        func tellProgress(_ revision: Int) -> Bool {
            if case .terminated = stream.yield(.progress(revision: revision)) { return false }
            return true
        }
    }

    struct State {
        var revision = 1
        var keys: [String: KeyValue] = [:]
        var leases: [Int: (lifetime: Duration, endsAt: Duration)] = [:]
        var watches: [Int: Watch] = [:]
        /// What happened, the oldest first, as far back as it is kept.
        var past: [(revision: Int, notice: WatchNotice)] = []
        var compacted = 0
        var isFull = false
        var latest = 0
        /// The links whose member of etcd hears nothing of the others; it goes on telling that there is nothing to tell.
        var unaware: Set<Int> = []

        mutating func happen(_ notice: WatchNotice) {
            past.append((revision, notice))
            for (key, watch) in watches {
                if unaware.contains(watch.link) {
                    watches[key]?.withheld.append(notice)
                } else {
                    watch.tell(notice)
                }
            }
        }

        /// Has the member of etcd a link leads to hear of all that happened.
        mutating func becomeAware(_ link: Int) {
            unaware.remove(link)
            for (key, watch) in watches where watch.link == link {
                for notice in watch.withheld { watch.tell(notice) }
                watches[key]?.withheld = []
            }
        }

        mutating func put(_ key: String, _ value: [UInt8], _ lease: Int?) {
            revision += 1
            let pair = KeyValue(key: key, value: value, created: keys[key]?.created ?? revision, lease: lease)
            keys[key] = pair
            happen(.put(pair, revision: revision))
        }

        mutating func delete(_ key: String) {
            guard keys.removeValue(forKey: key) != nil else { return }
            revision += 1
            happen(.deleted(key, revision: revision))
        }

        func range(_ first: String, _ end: String) -> [KeyValue] {
            keys.values.filter { $0.key >= first && $0.key < end }.sorted { $0.key < $1.key }
        }

        mutating func revoke(_ lease: Int) {
            guard leases.removeValue(forKey: lease) != nil else { return }
            for key in keys.values.filter({ $0.lease == lease }).map(\.key).sorted() { delete(key) }
        }

        mutating func expire(at now: Duration) {
            for lease in leases.filter({ $0.value.endsAt <= now }).keys.sorted() { revoke(lease) }
        }
    }
}

extension InMemoryEtcd.State {
    func holds(_ comparison: Transaction.Comparison) -> Bool {
        switch comparison {
        case .created(let key, let revision): keys[key]?.created == revision
        case .isMissing(let key): keys[key] == nil
        case .exists(let key): keys[key] != nil
        }
    }

    mutating func transact(_ transaction: Transaction) throws(EtcdError) -> TransactionAnswer {
        let puts = (transaction.success + transaction.failure).filter { if case .put = $0 { true } else { false } }
        if isFull, !puts.isEmpty { throw .noRoom }
        let succeeded = transaction.comparisons.allSatisfy(holds)
        let operations = succeeded ? transaction.success : transaction.failure
        for case .put(_, _, let lease?) in operations where leases[lease] == nil { throw .failed("no such lease") }
        let found = operations.map { perform($0) }
        return TransactionAnswer(succeeded: succeeded, found: found, revision: revision)
    }

    private mutating func perform(_ operation: Transaction.Operation) -> [KeyValue] {
        switch operation {
        case .put(let key, let value, let lease):
            put(key, value, lease)
            return []
        case .get(let key): return [keys[key]].compactMap(\.self)
        case .first(let prefix): return [edges(prefix)?.first].compactMap(\.self)
        case .last(let prefix): return [edges(prefix)?.last].compactMap(\.self)
        }
    }

    private func edges(_ prefix: String) -> (first: KeyValue, last: KeyValue)? {
        let found = keys.values.filter { $0.key.hasPrefix(prefix) }
        guard let first = found.min(by: { $0.key < $1.key }), let last = found.max(by: { $0.key < $1.key }) else {
            return nil
        }
        return (first, last)
    }
}

extension InMemoryEtcd {
    /// Is another etcd of the cluster from now on, made from the state of some member; watches of the former one end.
    package func becomeNew(_ format: LogFormat, cluster: String) async throws(EtcdError) {
        let watches = state.withLock { state in
            let former = Array(state.watches.values)
            let (latest, unaware) = (state.latest, state.unaware)
            state = State()
            (state.latest, state.unaware) = (latest, unaware)
            return former
        }
        for watch in watches { watch.stream.finish(throwing: EtcdError.failed("this etcd is gone")) }
        let key = LogKeys(cluster: cluster, generation: format.generation).format
        state.withLock { $0.put(key, format.bytes, nil) }
    }
}
