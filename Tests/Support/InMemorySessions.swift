package import Access
import Synchronization

/// The sessions of a store in memory.
package final class InMemorySessions: SessionStore {
    let store: InMemoryStore
    private let savings = Mutex(0)

    /// Those of a store of their own, unless one is given.
    package init(_ store: InMemoryStore = InMemoryStore()) {
        self.store = store
    }

    /// In the order in which they were kept.
    package var all: [Session] { store.state.withLock { $0.sessions } }
    /// How often one was kept, or its use noted.
    package var saves: Int { savings.withLock { $0 } }

    package func add(_ session: Session, asOf revision: Int) async throws(AccessError) {
        savings.withLock { $0 += 1 }
        let isKept = store.state.withLock { state in
            let ends = [state.loginEndings[session.user], state.sessionEndings[session.user]]
            guard ends.allSatisfy({ $0 ?? 0 <= revision }) else { return false }
            state.sessions.append(session)
            return true
        }
        guard isKept else { throw .authenticationFailed }
    }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        savings.withLock { $0 += 1 }
        store.state.withLock { state in
            if let index = state.sessions.firstIndex(where: { $0.id == id }) { state.sessions[index].lastUsedAt = time }
        }
    }

    package func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        all.first { $0.tokenHash == tokenHash }
    }

    package func list(user: String?) async throws(AccessError) -> [Session] {
        all.filter { user == nil || $0.user == user }.sorted { ($0.openedAt, $1.id) > ($1.openedAt, $0.id) }
    }

    package func revoke(id: String) async throws(AccessError) -> Session? {
        store.state.withLock { state in
            state.sessions.firstIndex { $0.id == id }.map { state.sessions.remove(at: $0) }
        }
    }

    package func keepNewest(_ count: Int, of user: String) async throws(AccessError) {
        let own = all.filter { $0.user == user }
        let surplus = own.sorted { ($0.lastUsedAt, $0.openedAt) > ($1.lastUsedAt, $1.openedAt) }.dropFirst(count)
        let ids = Set(surplus.map(\.id))
        store.state.withLock { state in state.sessions.removeAll { ids.contains($0.id) } }
    }

    package func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {
        store.state.withLock { state in
            state.sessions.removeAll { $0.expiresAt < now || $0.lastUsedAt < lastUsedBefore }
        }
    }
}
