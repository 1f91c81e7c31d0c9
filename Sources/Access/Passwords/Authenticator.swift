/// What a caller shows to prove who they are.
package enum Credential: Sendable {
    /// User and password of HTTP Basic.
    case basic(user: String, password: Password)

    /// The token of `Authorization: Bearer`: the cluster's own, or that of a session.
    case bearer(token: String)
}

/// Checks a password against whatever knows the accounts.
///
/// An implementation makes one attempt per call, covers authentication and account rules (locked, expired), blocks no
/// thread of the cooperative pool, and answers even when its task is cancelled.
package protocol Authenticator: Sendable {
    /// The verdict on one user and password; `address` is the caller's, without port.
    func check(user: String, password: Password, from address: String) async -> Verdict

    /// Begins a login that may be asked more than the password; `address` is the caller's, without port.
    func converse(user: String, password: Password, from address: String) async -> LoginStep
}

extension Authenticator {
    /// The verdict of ``check(user:password:from:)``: an authenticator that asks no questions.
    package func converse(user: String, password: Password, from address: String) async -> LoginStep {
        .ended(await check(user: user, password: password, from: address), passwordChanged: false)
    }
}

/// What an authenticator found. Details are for log and audit only; a caller must not see them.
package enum Verdict: Sendable, Hashable {
    /// The password is right and the account may log in.
    case accepted

    /// Wrong password, unknown user, locked or expired account.
    case refused(detail: String)

    /// The password is right but has to be changed before the account may log in.
    case mustChangePassword

    /// No answer could be had; says nothing about the password.
    case unavailable(detail: String)
}
