package import Certificates

/// A credential a user made for a program: acts with some or all of the user's rights until it is
/// taken away or ends.
package struct APIToken: Sendable, Hashable {
    /// Names the token in lists; worth nothing as a credential.
    package let id: String

    /// SHA-256 of the secret; the secret itself is kept nowhere.
    package let secretHash: [UInt8]

    /// What its owner calls it.
    package let name: String

    /// Its owner; what the owner may do is looked up when the token is used.
    package let user: String

    /// The roles it is limited to, sorted; `nil` for all its owner has.
    package let roles: [String]?

    /// The client certificate its maker had shown; it ends when that is taken back.
    package let certificate: CertificateID?

    /// Wall time of making, milliseconds since 1970.
    package let madeAt: Int64

    /// Wall time at which it ends, milliseconds since 1970; `nil` for never.
    package let expiresAt: Int64?

    /// Wall time of the last use, milliseconds since 1970, kept to the minute; `nil` before the first.
    package var lastUsedAt: Int64?

    /// A token with exactly these values.
    package init(
        id: String, secretHash: [UInt8], name: String, user: String, roles: [String]?,
        certificate: CertificateID? = nil, madeAt: Int64, expiresAt: Int64?, lastUsedAt: Int64? = nil
    ) {
        self.id = id
        self.secretHash = secretHash
        self.name = name
        self.user = user
        self.roles = roles
        self.certificate = certificate
        self.madeAt = madeAt
        self.expiresAt = expiresAt
        self.lastUsedAt = lastUsedAt
    }

    /// True until its end.
    package func isAlive(at now: Int64) -> Bool { expiresAt.map { now < $0 } ?? true }
}

/// A token just made, with the secret that is shown this once.
package struct MadeToken: Sendable {
    /// What the program sends as `Authorization: Bearer`.
    package let secret: String

    /// What is kept of it.
    package let token: APIToken
}

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
