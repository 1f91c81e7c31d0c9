import ClusterLog
import Values

/// Watches in etcd's JSON.
enum WatchForm {
    /// Asks for everything below a prefix, for word that nothing happened, and for large answers in pieces.
    static func request(prefix: String, from revision: Int?) -> Value {
        [
            "create_request": .members([
                "key": .key(prefix), "range_end": KeyForm.end(of: prefix), "start_revision": revision.map(Value.number),
                "progress_notify": true, "fragment": true,
            ])
        ]
    }

    /// What a line tells, in its order.
    ///
    /// - Throws: Why the watch is over: `compacted`, or what etcd said.
    static func notices(_ line: [UInt8]) throws(EtcdFault) -> [WatchNotice] {
        let result = try EtcdLine.result(line)
        guard let isCanceled = EtcdFields.truth(result["canceled"]),
            let isCreated = EtcdFields.truth(result["created"]),
            let isPiece = EtcdFields.truth(result["fragment"]),
            let oldest = EtcdFields.number(result["compact_revision"]),
            let events = EtcdFields.list(result["events"])
        else { throw .unreadable("line of a watch") }
        if isCanceled || oldest > 0 {
            if oldest > 0 { throw .meant(.compacted(oldest: oldest)) }
            throw .meant(.failed("etcd ended the watch: \(result["cancel_reason"]?.string ?? "it gave no reason")"))
        }
        guard let revision = EtcdFields.revision(result) else { throw .unreadable("revision") }
        if isCreated { return [.opened(revision: revision)] }
        var notices: [WatchNotice] = []
        for event in events { notices.append(try notice(event)) }
        return notices.isEmpty && !isPiece ? [.progress(revision: revision)] : notices
    }

    private static func notice(_ event: Value) throws(EtcdFault) -> WatchNotice {
        guard let key = event["kv"], let revision = EtcdFields.number(key["mod_revision"]), revision > 0 else {
            throw .unreadable("event")
        }
        switch event["type"] {
        case .none, .some("PUT"), .some(0): return .put(try KeyForm.key(key), revision: revision)
        case .some("DELETE"), .some(1):
            guard let name = EtcdFields.key(key["key"]) else { throw .unreadable("key") }
            return .deleted(name, revision: revision)
        default: throw .unreadable("event")
        }
    }
}
