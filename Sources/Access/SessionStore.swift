/// Keeps sessions by the hash of their token.
///
/// Every function throws `AccessError.unavailable` when the store cannot be reached, and nothing else.
package protocol SessionStore: Sendable {
    /// Keeps a session, replacing the one with the same token hash. Returns when it is durable.
    func save(_ session: Session) async throws(AccessError)

    /// The session with this token hash, whether expired or not; `nil` when there is none.
    func find(tokenHash: [UInt8]) async throws(AccessError) -> Session?

    /// Sessions of one user, or of all when `user` is `nil`; newest first, expired ones included.
    func list(user: String?) async throws(AccessError) -> [Session]

    /// Takes the session with this id away and returns it; `nil` when there is none.
    func revoke(id: String) async throws(AccessError) -> Session?

    /// Takes away the sessions of a user that were not used for longest, so that at most `count` are left.
    func keepNewest(_ count: Int, of user: String) async throws(AccessError)

    /// Takes away sessions that ended before `now`, or were last used before `lastUsedBefore`; milliseconds since 1970.
    func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError)
}
