/// Keeps sessions by the hash of their token.
///
/// Every function throws `AccessError.unavailable` when the store cannot be reached.
package protocol SessionStore: Sendable {
    /// Keeps a session whose user was checked as of a revision. Returns when it is durable.
    ///
    /// - Throws: `authenticationFailed` when the user's logins ended with a later revision.
    func add(_ session: Session, asOf revision: Int) async throws(AccessError)

    /// Notes a use of a session, in milliseconds since 1970; nothing happens when it is gone.
    func noteUse(of id: String, at time: Int64) async throws(AccessError)

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
