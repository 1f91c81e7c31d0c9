import EXAConf
package import JobEngine
import NodeCommands
import Values

extension JobCatalogue {
    /// The same jobs where the accounts of nodes follow users and groups of the configuration: those that bring new ones
    /// are declined when a node cannot have them, before anything is decided.
    package var checkingAccounts: JobCatalogue {
        let concerned: Set = [
            "user_create", "user_modify", "group_create", "exaconf_patch", "exaconf_replace", "exaconf_rollback",
        ]
        return JobCatalogue(all.map { concerned.contains($0.name) ? $0.checkingAccounts : $0 })
    }
}

extension JobDefinition {
    fileprivate var checkingAccounts: JobDefinition {
        guard case .change(let change) = work else { return self }
        return with {
            $0.work = .act { (context, document) throws(JobError) in
                let output = try change(context, &document)
                let news = document.accounts(newTo: context.document)
                guard let news else { return Plan { (_) throws(JobError) in output } }
                let commands = try context.reachableNodes.map { (node) throws(JobError) in
                    try Command(news, on: node, deadline: .seconds(60))
                }
                return Plan(commands: commands.sideBySide) { (_) throws(JobError) in output }
            }
            $0.recovery = .restart
        }
    }
}

extension Document {
    /// Users and groups that are not in another configuration, or there with another id or main group; `nil` when there
    /// are none.
    fileprivate func accounts(newTo other: Document) -> AccountsCheck? {
        let known = (users: Set(other.accountUsers), groups: Set(other.accountGroups))
        let groups = accountGroups.filter { !known.groups.contains($0) }
        let users = accountUsers.filter { !known.users.contains($0) }
        guard !groups.isEmpty || !users.isEmpty else { return nil }
        return AccountsCheck(
            groups: Dictionary(groups.map { ($0.name, $0.id) }) { first, _ in first },
            users: Dictionary(users.map { ($0.name, .init(id: $0.id, group: $0.group)) }) { first, _ in first })
    }

    private struct Account: Hashable {
        let name: String
        let id: Int
        var group = ""
    }

    /// Root is never an account that is made.
    private var accountUsers: [Account] {
        users.filter { $0.name != "root" }.map { Account(name: $0.name, id: $0.id ?? -1, group: $0.group ?? "") }
    }

    private var accountGroups: [Account] {
        groups.filter { $0.name != "root" }.map { Account(name: $0.name, id: $0.id ?? -1) }
    }
}
