package import Access

/// The sessions in the state of this node: entries of the log change them, and their last use is the node's own.
///
/// Every function throws `AccessError.unavailable` when the state cannot be read.
package protocol NodeSessions: Sendable {
    /// The session with this token hash, whether expired or not; `nil` when there is none.
    func find(tokenHash: [UInt8]) async throws(AccessError) -> Session?
    /// The session with this id, whether expired or not; `nil` when there is none.
    func session(id: String) async throws(AccessError) -> Session?
    /// Sessions of one user, or of all when `user` is `nil`; newest first, expired ones included.
    func list(user: String?) async throws(AccessError) -> [Session]
    /// Notes a use here alone; nothing happens when the session is gone.
    func noteUse(of id: String, at time: Int64) async throws(AccessError)
    /// Whether a user who was checked as of a revision may have a session: their logins did not end with a later one.
    func allowsSession(of user: String, asOf revision: Int) async throws(AccessError) -> Bool
    /// The ids of sessions that ended before `now`, or were last used before `lastUsedBefore`, so many at most.
    func expired(at now: Int64, lastUsedBefore: Int64, limit: Int) async throws(AccessError) -> [String]
    /// The ids of a user's sessions but for so many that were used last, as many as `limit` at most.
    func surplus(over count: Int, of user: String, limit: Int) async throws(AccessError) -> [String]
}

/// The tokens in the state of this node: entries of the log change them, and their last use is the node's own.
///
/// Every function throws `AccessError.unavailable` when the state cannot be read.
package protocol NodeTokens: Sendable {
    /// The token with this secret, whether ended or not; `nil` when there is none.
    func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken?
    /// The token with this id, whether ended or not; `nil` when there is none.
    func token(id: String) async throws(AccessError) -> APIToken?
    /// Tokens of one user, or of all when `user` is `nil`; newest first, ended ones included.
    func tokens(of user: String?) async throws(AccessError) -> [APIToken]
    /// Notes a use here alone; nothing happens when the token is gone.
    func noteUse(of id: String, at time: Int64) async throws(AccessError)
    /// Whether a user who was checked as of a revision may have a token: their logins did not end with a later one.
    func allowsToken(of user: String, asOf revision: Int) async throws(AccessError) -> Bool
}
