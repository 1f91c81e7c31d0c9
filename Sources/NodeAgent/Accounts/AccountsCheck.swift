import NodeCommands

extension CommandHandler {
    /// Looks at the accounts of this machine.
    package static func checking(_ accounts: NodeAccounts) -> CommandHandler {
        CommandHandler(AccountsCheck.self) { (command, _) async throws(ActionError) in
            var wanted = WantedAccounts()
            wanted.groups = command.groups.mapValues { WantedAccounts.Group(id: $0) }
            wanted.users = command.users.mapValues { WantedAccounts.User(id: $0.id, group: $0.group) }
            try await accounts.check(wanted)
            return NoAnswer()
        }
    }
}
