package import Certificates

/// One login that lasts: opened by a principal, used by its token, ended by time or by hand.
package struct Session: Sendable, Hashable {
    /// Names the session in lists; worth nothing as a credential.
    package let id: String

    /// SHA-256 of the token; the token itself is kept nowhere.
    package let tokenHash: [UInt8]

    /// Whose session it is; the user's roles are looked up when the session is used.
    package let user: String

    /// How the user proved who they are when they opened it.
    package let openedBy: Principal.Method

    /// The client certificate it was opened with; it ends when that is taken back.
    package let certificate: CertificateID?

    /// Address it was opened from, without port.
    package let address: String

    /// Wall time of opening, milliseconds since 1970.
    package let openedAt: Int64

    /// Wall time of the last use, milliseconds since 1970; kept to the minute.
    package var lastUsedAt: Int64

    /// Wall time at which it ends even when in use, milliseconds since 1970.
    package let expiresAt: Int64

    /// A session with exactly these values.
    package init(
        id: String, tokenHash: [UInt8], user: String, openedBy: Principal.Method, certificate: CertificateID? = nil,
        address: String, openedAt: Int64, lastUsedAt: Int64, expiresAt: Int64
    ) {
        self.id = id
        self.tokenHash = tokenHash
        self.user = user
        self.openedBy = openedBy
        self.certificate = certificate
        self.address = address
        self.openedAt = openedAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }

    /// True while neither the absolute end nor the idle limit has passed; a clock set back ends no session early.
    package func isAlive(at now: Int64, idleLimit: Duration) -> Bool {
        let (idle, overflow) = now.subtractingReportingOverflow(lastUsedAt)
        return now < expiresAt && !overflow && idle < idleLimit.milliseconds
    }
}

/// A session just opened, with the token that is shown this once.
package struct OpenedSession: Sendable {
    /// What the caller sends as `Authorization: Bearer` from now on.
    package let token: String

    /// What is kept of it.
    package let session: Session
}

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
