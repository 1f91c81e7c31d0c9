/// One login that lasts: opened by a principal, used by its token, ended by time or by hand.
package struct Session: Sendable, Hashable {
    /// Names the session in lists; worth nothing as a credential.
    package let id: String

    /// SHA-256 of the token; the token itself is kept nowhere.
    package let tokenHash: [UInt8]

    /// Whose session it is; his roles are looked up when the session is used.
    package let user: String

    /// How the user proved himself when he opened it.
    package let openedBy: Principal.Method

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
        id: String, tokenHash: [UInt8], user: String, openedBy: Principal.Method, address: String,
        openedAt: Int64, lastUsedAt: Int64, expiresAt: Int64
    ) {
        self.id = id
        self.tokenHash = tokenHash
        self.user = user
        self.openedBy = openedBy
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
