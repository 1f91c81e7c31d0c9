/// Knows the users of the cluster: those of EXAConf together with the system's accounts.
package protocol Directory: Sendable {
    /// The user with this exact name, or `nil` when neither EXAConf nor the system has one.
    ///
    /// - Throws: `AccessError.unavailable` when the account database gave no answer.
    func entry(of user: String) async throws(AccessError) -> DirectoryEntry?

    /// The login name of the system account with this numeric id, `nil` when there is none.
    ///
    /// - Throws: `AccessError.unavailable` when the account database gave no answer.
    func accountName(of userID: Int) async throws(AccessError) -> String?

    /// The current `AuthenticationToken` of EXAConf; `nil` or empty when none is set.
    func bearerToken() async -> String?

    /// The number of the revision the answers come from, or of an earlier one.
    var revision: Int { get }
}

extension Directory {
    /// Nobody, for a directory without system accounts.
    package func accountName(of userID: Int) async throws(AccessError) -> String? { nil }

    /// 0, for a directory that never changes.
    package var revision: Int { 0 }
}

/// One user as the directory knows them.
package struct DirectoryEntry: Sendable, Hashable {
    /// User name.
    package let name: String

    /// Numeric user id, `nil` when unknown.
    package let userID: Int?

    /// Numeric ids of the user's groups.
    package let groupIDs: [Int]

    /// Groups of the EXAConf user together with system groups of those names.
    package let roles: Set<String>

    /// False when EXAConf says `LoginEnabled = False`, or the system's account may not be used any more.
    package let loginEnabled: Bool

    /// An entry with exactly these values.
    package init(
        name: String, userID: Int? = nil, groupIDs: [Int] = [], roles: Set<String>, loginEnabled: Bool = true
    ) {
        self.name = name
        self.userID = userID
        self.groupIDs = groupIDs
        self.roles = roles
        self.loginEnabled = loginEnabled
    }

    /// The principal this user is after a proof by `method`.
    package func principal(method: Principal.Method) -> Principal {
        Principal(name: name, roles: roles, userID: userID, groupIDs: groupIDs, method: method)
    }
}
