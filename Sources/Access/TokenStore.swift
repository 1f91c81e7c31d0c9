/// Keeps the tokens users made for programs, by the hash of their secret.
///
/// Every function throws `AccessError.unavailable` when the store cannot be reached.
package protocol TokenStore: Sendable {
    /// Keeps a new token whose user was checked as of a revision, and takes away what had ended when it was made; false
    /// when the user has `limit` tokens already. Returns when it is durable.
    ///
    /// - Throws: `authenticationFailed` when the user's logins ended with a later revision.
    func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool

    /// The token with this secret, whether ended or not; `nil` when there is none.
    func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken?

    /// Tokens of one user, or of all when `user` is `nil`; newest first, ended ones included.
    func tokens(of user: String?) async throws(AccessError) -> [APIToken]

    /// Notes a use; nothing happens when the token is gone.
    func noteUse(of id: String, at time: Int64) async throws(AccessError)

    /// Takes the token with this id away and returns it; `nil` when there is none.
    func removeToken(id: String) async throws(AccessError) -> APIToken?
}
