import Access
import EXAConf
import JobEngine

/// The users of a configuration together with the accounts of this machine.
struct AccountDirectory: UserDirectory {
    private let accounts: any SystemAccounts

    init(_ accounts: any SystemAccounts) {
        self.accounts = accounts
    }

    func entry(of user: String, in document: Document) async throws(AccessError) -> DirectoryEntry? {
        let directory = ClusterDirectory(
            accounts: accounts, user: { document.clusterUser($0) }, groupNames: { document.groupNames },
            token: { nil }, revision: { 0 })
        return try await directory.entry(of: user)
    }
}

extension Document {
    /// A user of `[Users]` with the user's groups, `nil` when there is no such user.
    func clusterUser(_ name: String) -> ClusterUser? {
        guard let user = users.first(where: { $0.name == name }) else { return nil }
        let names = Set(user.allGroups)
        return ClusterUser(
            name: name, userID: user.id, groupIDs: groups.filter { names.contains($0.name) }.compactMap(\.id),
            groups: names, loginEnabled: user.isLoginEnabled, hasPassword: user.passwordHash?.isEmpty == false)
    }

    /// The names that count as roles.
    var groupNames: Set<String> { Set(groups.map(\.name)) }
}
