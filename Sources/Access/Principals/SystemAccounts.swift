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

    /// Whether somebody locked its password, which says nothing of an account that never had one.
    package let isLocked: Bool

    /// Whether it has come to its end.
    package let hasExpired: Bool

    /// An account with exactly these values.
    package init(
        name: String, userID: Int, groupIDs: [Int], groups: Set<String>, isLocked: Bool = false,
        hasExpired: Bool = false
    ) {
        self.name = name
        self.userID = userID
        self.groupIDs = groupIDs
        self.groups = groups
        self.isLocked = isLocked
        self.hasExpired = hasExpired
    }

    /// Whether whoever logs in by its name may.
    ///
    /// A user of the cluster with a password of their own has it whatever becomes of the account's. One that has expired is
    /// refused to everybody, as PAM does at a login.
    func admits(_ user: ClusterUser?) -> Bool {
        !hasExpired && (!isLocked || user?.hasPassword == true)
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
