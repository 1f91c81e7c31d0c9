import ClusterLog
import Values

/// Transactions in etcd's JSON.
enum TransactionForm {
    static func request(_ transaction: Transaction) -> Value {
        [
            "compare": .list(transaction.comparisons.map(comparison)),
            "success": .list(transaction.success.map(operation)),
            "failure": .list(transaction.failure.map(operation)),
        ]
    }

    /// Reads the answer to a transaction. There is one for each operation that was done: any other number is no answer.
    static func answer(_ value: Value, to transaction: Transaction) throws(EtcdFault) -> TransactionAnswer {
        guard let revision = EtcdFields.revision(value) else { throw .unreadable("revision") }
        guard let succeeded = EtcdFields.truth(value["succeeded"]) else {
            throw .unreadable("word on whether it succeeded")
        }
        guard let responses = EtcdFields.list(value["responses"]) else { throw .unreadable("list of answers") }
        let operations = succeeded ? transaction.success : transaction.failure
        guard operations.count == responses.count else { throw .unreadable("answer to each operation") }
        var found: [[KeyValue]] = []
        for (operation, response) in zip(operations, responses) {
            switch operation {
            case .put:
                guard response["response_put"] != nil else { throw .unreadable("answer to a put") }
                found.append([])
            case .get, .first, .last:
                guard let range = response["response_range"] else { throw .unreadable("answer to a get") }
                found.append(try KeyForm.keys(range))
            }
        }
        return TransactionAnswer(succeeded: succeeded, found: found, revision: revision)
    }

    /// That a key was created by this revision; 0 for a key that is not there.
    static func created(_ key: String, at revision: Int) -> Value {
        ["key": .key(key), "target": "CREATE", "result": "EQUAL", "create_revision": .number(revision)]
    }

    private static func comparison(_ comparison: Transaction.Comparison) -> Value {
        switch comparison {
        case .created(let key, let revision): created(key, at: revision)
        case .isMissing(let key): created(key, at: 0)
        case .exists(let key):
            ["key": .key(key), "target": "CREATE", "result": "GREATER", "create_revision": .number(0)]
        }
    }

    private static func operation(_ operation: Transaction.Operation) -> Value {
        switch operation {
        case .put(let key, let value, let lease):
            [
                "request_put": .members([
                    "key": .key(key), "value": .string(Base64.encode(PackedValue.packed(value))),
                    "lease": lease.map(Value.number),
                ])
            ]
        case .get(let key): ["request_range": ["key": .key(key)]]
        case .first(let prefix):
            ["request_range": ["key": .key(prefix), "range_end": KeyForm.end(of: prefix), "limit": .number(1)]]
        case .last(let prefix):
            [
                "request_range": [
                    "key": .key(prefix), "range_end": KeyForm.end(of: prefix), "limit": .number(1),
                    "sort_order": "DESCEND", "sort_target": "KEY",
                ]
            ]
        }
    }
}

extension Transaction {
    /// What tells, after etcd said it has no room, whether it wrote nevertheless: that it said so does not mean it did not.
    ///
    /// As long as a key that would have been written has to be missing and is, nothing was. The transaction reads keys in
    /// either case, without which etcd would answer from what the member that is asked happens to know.
    ///
    /// - Returns: `nil` when nothing it compares would tell.
    var afterNoRoom: Transaction? {
        let written = success.compactMap { operation -> String? in
            if case .put(let key, _, _) = operation { key } else { nil }
        }
        guard written.contains(where: { comparisons.contains(.isMissing($0)) }) else { return nil }
        return Transaction(comparisons: comparisons, success: written.map { .get($0) }, failure: failure)
    }
}
