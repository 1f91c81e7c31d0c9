/// An account of the operating system.
package struct SystemAccount: Sendable, Hashable {
    /// Login name.
    package let name: String

    /// Numeric user id.
    package let userID: Int

    /// Ids of primary and supplementary groups.
    package let groupIDs: [Int]

    /// Names of these groups; a group without a name is left out.
    package let groups: Set<String>

    /// An account with exactly these values.
    package init(name: String, userID: Int, groupIDs: [Int], groups: Set<String>) {
        self.name = name
        self.userID = userID
        self.groupIDs = groupIDs
        self.groups = groups
    }
}

/// Reads the operating system's account database.
package protocol SystemAccounts: Sendable {
    /// The account with this name, `nil` when there is none.
    ///
    /// - Throws: `AccessError.unavailable` when the database gave no answer.
    func account(of user: String) async throws(AccessError) -> SystemAccount?

    /// The login name of the account with this numeric id, `nil` when there is none.
    ///
    /// - Throws: `AccessError.unavailable` when the database gave no answer.
    func name(of userID: Int) async throws(AccessError) -> String?
}
