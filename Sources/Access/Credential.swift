/// What a caller shows to prove who he is.
package enum Credential: Sendable {
    /// User and password of HTTP Basic.
    case basic(user: String, password: Password)

    /// The token of `Authorization: Bearer`: the cluster's own, or that of a session.
    case bearer(token: String)
}
