import ClusterLog
import Values

/// Keys and ranges of keys in etcd's JSON.
enum KeyForm {
    /// Reads a key with its value, as it was before it was packed.
    static func key(_ value: Value) throws(EtcdFault) -> KeyValue {
        guard let key = EtcdFields.key(value["key"]) else { throw .unreadable("key") }
        guard let stored = EtcdFields.bytes(value["value"]) else { throw .unreadable("value of \(key)") }
        guard let created = EtcdFields.number(value["create_revision"]), created > 0 else {
            throw .unreadable("revision of \(key)")
        }
        guard let lease = EtcdFields.number(value["lease"]) else { throw .unreadable("lease of \(key)") }
        return KeyValue(
            key: key, value: try PackedValue.unpacked(stored), created: created, lease: lease == 0 ? nil : lease)
    }

    /// Reads the keys of a range that was asked for.
    static func keys(_ value: Value) throws(EtcdFault) -> [KeyValue] {
        guard let list = EtcdFields.list(value["kvs"]) else { throw .unreadable("list of keys") }
        var keys: [KeyValue] = []
        for element in list { keys.append(try key(element)) }
        return keys
    }

    /// All keys from one on and before another.
    static func range(from first: String, before end: String, limit: Int) -> Value {
        ["key": .key(first), "range_end": .key(end), "limit": .number(limit)]
    }

    static func range(_ answer: Value) throws(EtcdFault) -> KeyRange {
        guard let revision = EtcdFields.revision(answer) else { throw .unreadable("revision") }
        guard let hasMore = EtcdFields.truth(answer["more"]) else { throw .unreadable("word on whether there is more") }
        return KeyRange(try keys(answer), hasMore: hasMore, revision: revision)
    }

    /// The first key, in base64, behind all that begin with a prefix; `AA==`, which means all, when there is none.
    static func end(of prefix: String) -> Value {
        var bytes = Array(prefix.utf8)
        while let last = bytes.popLast() {
            guard last < 0xFF else { continue }
            bytes.append(last + 1)
            return .string(Base64.encode(bytes))
        }
        return .string(Base64.encode([0]))
    }
}
