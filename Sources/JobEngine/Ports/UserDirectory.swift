package import Access
package import EXAConf

/// Knows what rights users have now.
package protocol UserDirectory: Sendable {
    /// The user as a configuration and the accounts of this machine have them; `nil` when neither has one.
    ///
    /// - Throws: `AccessError.unavailable` when the accounts gave no answer.
    func entry(of user: String, in document: Document) async throws(AccessError) -> DirectoryEntry?
}
