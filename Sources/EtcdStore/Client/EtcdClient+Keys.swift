package import ClusterLog
import Synchronization
import Values

// Reading and writing keys.
extension EtcdClient {
    package func transact(_ transaction: Transaction) async throws(EtcdError) -> TransactionAnswer {
        do throws(EtcdFault) {
            return try await within { (client, endpoint) throws(EtcdFault) in
                do throws(EtcdFault) {
                    return try await client.send(transaction, to: endpoint)
                } catch {
                    guard case .refused(let refusal) = error, refusal.isNoRoom else { throw error }
                    return try await client.settle(transaction, at: endpoint)
                }
            }
        } catch {
            throw error.meaning
        }
    }

    /// etcd says that it has no room, and may have written all the same: it is asked whether it has.
    private func settle(_ transaction: Transaction, at endpoint: EtcdEndpoint) async throws(EtcdFault)
        -> TransactionAnswer
    {
        guard let question = transaction.afterNoRoom else {
            throw .meant(.failed("etcd has no room, and may have written nevertheless"))
        }
        let answer = try await send(question, to: endpoint)
        if answer.succeeded { throw .meant(.noRoom) }
        return answer
    }

    private func send(_ transaction: Transaction, to endpoint: EtcdEndpoint) async throws(EtcdFault)
        -> TransactionAnswer
    {
        try await exchange("/v3/kv/txn", TransactionForm.request(transaction), of: endpoint) {
            (value) throws(EtcdFault) in
            try TransactionForm.answer(value, to: transaction)
        }
    }

    /// There may be more than are handed out although less were found than asked for: an answer has its limits.
    package func range(from first: String, before end: String, limit: Int) async throws(EtcdError) -> KeyRange {
        do throws(EtcdFault) {
            return try await within { (client, endpoint) throws(EtcdFault) in
                try await client.read(from: first, before: end, limit: max(1, limit), at: endpoint)
            }
        } catch {
            if error == .meant(.timeout) { page.withLock { $0.wasTooMuch() } }
            throw error.meaning
        }
    }

    /// Reads nothing but what fits into an answer, and so may be asked for again.
    private func read(
        from first: String, before end: String, limit: Int, at endpoint: EtcdEndpoint
    ) async throws(EtcdFault) -> KeyRange {
        while true {
            let keys = min(limit, page.withLock(\.keys))
            do throws(EtcdFault) {
                let body = KeyForm.range(from: first, before: end, limit: keys)
                let found = try await exchange("/v3/kv/range", body, of: endpoint, reading: KeyForm.range)
                page.withLock { $0.fitted() }
                return found
            } catch {
                guard error == .tooLarge, keys > 1 else { throw error }
                page.withLock { $0.wasTooMuch() }
            }
        }
    }

    package func delete(
        from first: String, before end: String, asLongAs key: String, wasCreatedAt revision: Int
    ) async throws(EtcdError) -> Bool {
        let body: Value = [
            "compare": [TransactionForm.created(key, at: revision)],
            "success": [["request_delete_range": ["key": .key(first), "range_end": .key(end)]]],
        ]
        do throws(EtcdFault) {
            return try await call("/v3/kv/txn", body) { (answer) throws(EtcdFault) in
                guard let succeeded = EtcdFields.truth(answer["succeeded"]), EtcdFields.revision(answer) != nil else {
                    throw .unreadable("word on whether it succeeded")
                }
                return succeeded
            }
        } catch {
            throw error.meaning
        }
    }

    package func compact(before revision: Int) async throws(EtcdError) {
        do throws(EtcdFault) {
            try await compact(before: revision, isAwaited: false, patience: nil)
        } catch {
            throw error.meaning
        }
    }

    /// What was forgotten before is well.
    ///
    /// - Parameter isAwaited: Whether it ends when the room is free again, not when it is sure to be some time.
    func compact(before revision: Int, isAwaited: Bool, patience: Duration?) async throws(EtcdFault) {
        do throws(EtcdFault) {
            let body: Value = ["revision": .number(revision), "physical": .bool(isAwaited)]
            try await call("/v3/kv/compaction", body, patience: patience) { _ in }
        } catch {
            if case .refused(let refusal) = error, refusal.isCompacted { return }
            throw error
        }
    }
}

/// How many keys a range is asked for at once: fewer after an answer that was too large or came too late, and more again
/// when answers come.
///
/// Without it a node on a slow link would ask for the same keys again and again, and never get them in time.
struct PageSize: Sendable, Hashable {
    static let largest = 256
    private(set) var keys = largest

    mutating func wasTooMuch() { keys = max(1, keys / 4) }
    mutating func fitted() { keys = min(Self.largest, keys * 2) }
}
