/// A lock in force, for people.
package struct LoginLock: Sendable, Hashable {
    /// Names the lock for `LoginService.unlock(id:by:)`.
    package let id: String
    /// The locked user; `nil` when the address as a whole is limited.
    package let user: String?
    /// The address or IPv6 /64.
    package let address: String
    /// How long it will still last.
    package let remaining: Duration
}
