import EXAConf

/// Users and groups of a configuration as accounts of a machine; `root` is not among them, nor the group of that name.
struct WantedAccounts: Sendable, Hashable {
    struct User: Sendable, Hashable {
        /// -1 where the configuration has none, which fits no account.
        var id: Int
        /// Name of the main group.
        var group: String
        /// Secret: `*`, which no password fits, where there is none that a shadow file can hold.
        var hash = "*"
        var isLoginEnabled = false
        /// SSH public keys.
        var keys: [String] = []
    }

    struct Group: Sendable, Hashable {
        /// As that of a user.
        var id: Int
        /// Users for whom it is a further group.
        var members: Set<String> = []
    }

    var users: [String: User] = [:]
    var groups: [String: Group] = [:]

    /// None.
    init() {}

    /// What the configuration says.
    init(_ document: Document) {
        for group in document.groups where group.name != "root" {
            groups[group.name] = Group(id: group.id ?? -1)
        }
        for user in document.users where user.name != "root" {
            let hash = user.passwordHash.flatMap { Self.isStorable($0) ? $0 : nil } ?? "*"
            users[user.name] = User(
                id: user.id ?? -1, group: user.group ?? "", hash: hash, isLoginEnabled: user.isLoginEnabled,
                keys: user.authorizedKeys)
            for name in user.additionalGroups { groups[name]?.members.insert(user.name) }
        }
    }

    /// Whether a hash can stand in a line of the shadow file, and in one chpasswd reads.
    private static func isStorable(_ hash: String) -> Bool {
        (1...256).contains(hash.utf8.count)
            && hash.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: ":") }
    }

    /// Ids by name.
    func ids(_ kind: AccountKind) -> [String: Int] {
        switch kind {
        case .user: users.mapValues(\.id)
        case .group: groups.mapValues(\.id)
        }
    }
}
