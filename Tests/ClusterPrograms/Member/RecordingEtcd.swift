import ClusterLog

/// etcd, and all that is seen of the log there.
struct RecordingEtcd: Etcd {
    let etcd: any Etcd
    let keys: LogKeys
    let recording: Recording

    func transact(_ transaction: Transaction) async throws(EtcdError) -> TransactionAnswer {
        let answer = try await etcd.transact(transaction)
        let found = answer.found.joined().filter(isEntry).map(\.value)
        for value in found { recording.see(value) }
        for case .put(let key, let value, _) in transaction.success where keys.index(of: key) != nil {
            if answer.succeeded { recording.see(value) }
            // Found there, it got in by an earlier attempt.
            if answer.succeeded || found.contains(value) { recording.own(value) }
        }
        return answer
    }

    func range(from first: String, before end: String, limit: Int) async throws(EtcdError) -> KeyRange {
        let range = try await etcd.range(from: first, before: end, limit: limit)
        for key in range.found where isEntry(key) { recording.see(key.value) }
        return range
    }

    func delete(
        from first: String, before end: String, asLongAs key: String, wasCreatedAt revision: Int
    ) async throws(EtcdError) -> Bool {
        try await etcd.delete(from: first, before: end, asLongAs: key, wasCreatedAt: revision)
    }

    func compact(before revision: Int) async throws(EtcdError) { try await etcd.compact(before: revision) }

    func grantLease(_ lifetime: Duration) async throws(EtcdError) -> Int { try await etcd.grantLease(lifetime) }

    func keepAlive(_ lease: Int) async throws(EtcdError) -> Bool { try await etcd.keepAlive(lease) }

    func revoke(_ lease: Int) async throws(EtcdError) { try await etcd.revoke(lease) }

    func watch(prefix: String, from revision: Int?) -> AsyncThrowingStream<WatchNotice, any Error> {
        let (stream, continuation) = AsyncThrowingStream<WatchNotice, any Error>.makeStream()
        // Owned by the stream, which cancels it when nobody reads any more.
        let reading = Task {
            do {
                for try await notice in etcd.watch(prefix: prefix, from: revision) {
                    if case .put(let key, _) = notice, isEntry(key) { recording.see(key.value) }
                    continuation.yield(notice)
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
        }
        continuation.onTermination = { _ in reading.cancel() }
        return stream
    }

    private func isEntry(_ key: KeyValue) -> Bool { keys.index(of: key.key) != nil }
}
