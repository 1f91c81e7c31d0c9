package import Access
import Synchronization

/// The tokens of a store in memory.
package final class InMemoryTokens: TokenStore {
    let store: InMemoryStore
    private let uses = Mutex(0)

    /// Those of a store of their own, unless one is given.
    package init(_ store: InMemoryStore = InMemoryStore()) {
        self.store = store
    }

    /// In the order in which they were made.
    package var all: [APIToken] { store.state.withLock { $0.tokens } }
    /// How often a use was noted.
    package var notedUses: Int { uses.withLock { $0 } }

    package func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool {
        let isKept: Bool? = store.state.withLock { state in
            guard state.loginEndings[token.user] ?? 0 <= revision else { return nil }
            state.tokens.removeAll { !$0.isAlive(at: token.madeAt) }
            guard state.tokens.count(where: { $0.user == token.user }) < limit else { return false }
            state.tokens.append(token)
            return true
        }
        guard let isKept else { throw .authenticationFailed }
        return isKept
    }

    package func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? {
        all.first { $0.secretHash == secretHash }
    }

    package func tokens(of user: String?) async throws(AccessError) -> [APIToken] {
        all.filter { user == nil || $0.user == user }.sorted { ($0.madeAt, $1.id) > ($1.madeAt, $0.id) }
    }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        uses.withLock { $0 += 1 }
        store.state.withLock { state in
            if let index = state.tokens.firstIndex(where: { $0.id == id }) { state.tokens[index].lastUsedAt = time }
        }
    }

    package func removeToken(id: String) async throws(AccessError) -> APIToken? {
        store.state.withLock { state in
            state.tokens.firstIndex { $0.id == id }.map { state.tokens.remove(at: $0) }
        }
    }
}
