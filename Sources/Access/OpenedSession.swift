/// A session just opened, with the token that is shown this once.
package struct OpenedSession: Sendable {
    /// What the caller sends as `Authorization: Bearer` from now on.
    package let token: String

    /// What is kept of it.
    package let session: Session
}
