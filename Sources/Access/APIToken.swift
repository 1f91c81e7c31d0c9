/// A credential a user made for a program: acts with some or all of his rights until it is taken away or ends.
package struct APIToken: Sendable, Hashable {
    /// Names the token in lists; worth nothing as a credential.
    package let id: String

    /// SHA-256 of the secret; the secret itself is kept nowhere.
    package let secretHash: [UInt8]

    /// What its owner calls it.
    package let name: String

    /// Its owner; what he may is looked up when the token is used.
    package let user: String

    /// The roles it is limited to, sorted; `nil` for all its owner has.
    package let roles: [String]?

    /// Wall time of making, milliseconds since 1970.
    package let madeAt: Int64

    /// Wall time at which it ends, milliseconds since 1970; `nil` for never.
    package let expiresAt: Int64?

    /// Wall time of the last use, milliseconds since 1970, kept to the minute; `nil` before the first.
    package var lastUsedAt: Int64?

    /// A token with exactly these values.
    package init(
        id: String, secretHash: [UInt8], name: String, user: String, roles: [String]?, madeAt: Int64,
        expiresAt: Int64?, lastUsedAt: Int64? = nil
    ) {
        self.id = id
        self.secretHash = secretHash
        self.name = name
        self.user = user
        self.roles = roles
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
