import Access
import Synchronization

/// Sessions and tokens in memory.
final class KeptCredentials: SessionStore, TokenStore {
    private let sessions = Mutex<[Session]>([])
    private let tokens = Mutex<[APIToken]>([])

    func save(_ session: Session) async throws(AccessError) {
        sessions.withLock { sessions in
            sessions.removeAll { $0.tokenHash == session.tokenHash }
            sessions.append(session)
        }
    }

    func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        sessions.withLock { $0.first { $0.tokenHash == tokenHash } }
    }

    func list(user: String?) async throws(AccessError) -> [Session] {
        sessions.withLock { $0.filter { user == nil || $0.user == user } }
    }

    func revoke(id: String) async throws(AccessError) -> Session? {
        sessions.withLock { sessions in
            sessions.firstIndex { $0.id == id }.map { sessions.remove(at: $0) }
        }
    }

    func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {}

    func keepNewest(_ count: Int, of user: String) async throws(AccessError) {}

    func add(_ token: APIToken, limit: Int) async throws(AccessError) -> Bool {
        tokens.withLock { tokens in
            guard tokens.count(where: { $0.user == token.user }) < limit else { return false }
            tokens.append(token)
            return true
        }
    }

    func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? {
        tokens.withLock { $0.first { $0.secretHash == secretHash } }
    }

    func tokens(of user: String?) async throws(AccessError) -> [APIToken] {
        tokens.withLock { $0.filter { user == nil || $0.user == user } }
    }

    func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        tokens.withLock { tokens in
            if let index = tokens.firstIndex(where: { $0.id == id }) { tokens[index].lastUsedAt = time }
        }
    }

    func removeToken(id: String) async throws(AccessError) -> APIToken? {
        tokens.withLock { tokens in
            tokens.firstIndex { $0.id == id }.map { tokens.remove(at: $0) }
        }
    }
}
