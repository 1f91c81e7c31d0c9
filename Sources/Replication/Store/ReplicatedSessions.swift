package import Access

/// Sessions of a cluster: they begin and end by entries of its log and are read from the state of this node, so that each works
/// on every node.
///
/// A node that does not decide throws `noMaster` for whatever begins or ends one.
package struct ReplicatedSessions: SessionStore {
    private let store: ReplicatedStore
    private let node: any NodeSessions
    private let notes: LoginNotes

    /// So many end at once; what is left ends with the next ones.
    private static let mostAtOnce = 1_000

    /// - Parameters:
    ///   - node: The sessions in the state the store applies to.
    ///   - notes: Tells the other nodes from time to time that a session is in use.
    package init(_ store: ReplicatedStore, node: any NodeSessions, notes: LoginNotes) {
        self.store = store
        self.node = node
        self.notes = notes
    }

    package func add(_ session: Session, asOf revision: Int) async throws(AccessError) {
        try await store.decide { () async throws(AccessError) in
            guard try await node.allowsSession(of: session.user, asOf: revision) else { throw .authenticationFailed }
            return Decision((), [.sessionAdded(session, asOf: revision)])
        }
    }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await node.noteUse(of: id, at: time)
        notes.noteUse(of: id, at: time)
    }

    package func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        try await node.find(tokenHash: tokenHash)
    }

    package func list(user: String?) async throws(AccessError) -> [Session] { try await node.list(user: user) }

    package func revoke(id: String) async throws(AccessError) -> Session? {
        try await store.decide { () async throws(AccessError) in
            let session = try await node.session(id: id)
            return Decision(session, session == nil ? [] : [.sessionEnded(id)])
        }
    }

    package func keepNewest(_ count: Int, of user: String) async throws(AccessError) {
        try await end { () async throws(AccessError) in
            try await node.surplus(over: count, of: user, limit: Self.mostAtOnce)
        }
    }

    /// The clock of the node that decides says which; the others are told by name.
    package func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {
        try await end { () async throws(AccessError) in
            try await node.expired(at: now, lastUsedBefore: lastUsedBefore, limit: Self.mostAtOnce)
        }
    }

    private func end(_ ids: () async throws(AccessError) -> [String]) async throws(AccessError) {
        // Mostly there are none, and nobody has to wait for a turn.
        if try await ids().isEmpty { return }
        try await store.decide { () async throws(AccessError) in
            Decision((), try await ids().map { .sessionEnded($0) })
        }
    }
}
