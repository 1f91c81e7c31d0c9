import Waiting

/// The tokens of a daemon, wherever they are kept by now, as ``SessionsInForce`` has sessions.
package final class TokensInForce: TokenStore {
    private let inForce: InForce<any TokenStore>

    /// Where they are kept at first.
    package init(_ store: any TokenStore) {
        inForce = InForce(store)
    }

    /// Has them kept elsewhere: writes under way are waited for, and others wait until that is made.
    ///
    /// - Throws: What `make` throws; they stay where they are then.
    package func change<Failure: Error>(
        _ make: (any TokenStore) async throws(Failure) -> any TokenStore
    ) async throws(Failure) {
        try await inForce.change(make)
    }

    package func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool {
        try await inForce.use { (store) async throws(AccessError) in
            try await store.add(token, limit: limit, asOf: revision)
        }
    }

    package func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? {
        try await inForce.present.token(secretHash: secretHash)
    }

    package func tokens(of user: String?) async throws(AccessError) -> [APIToken] {
        try await inForce.present.tokens(of: user)
    }

    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await inForce.present.noteUse(of: id, at: time)
    }

    package func removeToken(id: String) async throws(AccessError) -> APIToken? {
        try await inForce.use { (store) async throws(AccessError) in try await store.removeToken(id: id) }
    }
}
