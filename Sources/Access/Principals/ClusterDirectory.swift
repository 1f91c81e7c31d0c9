/// The directory of a node: users of the current EXAConf revision together with the system's accounts.
///
/// A system group counts as a role only when the cluster has a group of that name. Ids of EXAConf win over the system's. An
/// account that is locked or has expired may not log in.
package struct ClusterDirectory: Directory {
    private let accounts: any SystemAccounts
    private let user: @Sendable (String) -> ClusterUser?
    private let groupNames: @Sendable () -> Set<String>
    private let token: @Sendable () -> String?
    private let number: @Sendable () -> Int

    /// Reads EXAConf through closures, each called anew for every question, so that a new revision counts at once.
    package init(
        accounts: any SystemAccounts,
        user: @escaping @Sendable (String) -> ClusterUser?,
        groupNames: @escaping @Sendable () -> Set<String>,
        token: @escaping @Sendable () -> String?,
        revision: @escaping @Sendable () -> Int
    ) {
        self.accounts = accounts
        self.user = user
        self.groupNames = groupNames
        self.token = token
        number = revision
    }

    package var revision: Int { number() }

    package func entry(of name: String) async throws(AccessError) -> DirectoryEntry? {
        let clusterUser = user(name)
        let account = try await accounts.account(of: name)
        guard clusterUser != nil || account != nil else { return nil }
        let systemRoles = account?.groups.intersection(groupNames()) ?? []
        return DirectoryEntry(
            name: name,
            userID: clusterUser?.userID ?? account?.userID,
            groupIDs: Set(clusterUser?.groupIDs ?? []).union(account?.groupIDs ?? []).sorted(),
            roles: systemRoles.union(clusterUser?.groups ?? []),
            loginEnabled: (clusterUser?.loginEnabled ?? true) && (account?.admits(clusterUser) ?? true))
    }

    package func accountName(of userID: Int) async throws(AccessError) -> String? {
        try await accounts.name(of: userID)
    }

    package func bearerToken() async -> String? { token() }
}
