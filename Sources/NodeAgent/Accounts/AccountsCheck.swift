import JobEngine
package import Values

/// `accounts.check`: fails unless new groups (`groups`, ids by name) and users (`users`, each with `id` and `group`) can be
/// accounts of this machine.
package struct AccountsCheck: NodeAction {
    /// As commands call it.
    package static let name = "accounts.check"
    private let accounts: NodeAccounts

    /// - Parameter accounts: What makes them once the configuration has them.
    package init(_ accounts: NodeAccounts) {
        self.accounts = accounts
    }

    /// Only looks; nothing has to be taken back.
    package func run(_ call: ActionCall) async throws(ActionError) -> Value {
        var wanted = WantedAccounts()
        for (name, id) in call.arguments["groups"]?.map ?? [:] {
            wanted.groups[name] = WantedAccounts.Group(id: id.int ?? -1)
        }
        for (name, user) in call.arguments["users"]?.map ?? [:] {
            wanted.users[name] = WantedAccounts.User(
                id: user.map?["id"]?.int ?? -1, group: user.map?["group"]?.string ?? "")
        }
        try await accounts.check(wanted)
        return .null
    }
}
