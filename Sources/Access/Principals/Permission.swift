/// Who may run a job: named users and named groups; to stand in either list is enough.
///
/// Two entries of `users` are no names: `_owner` stands for the owner of the object, and `xmlrpc user` (also `_self`)
/// for callers who act on themselves. Source: ConfD documentation, job reference.
package struct Permission: Sendable, Hashable {
    /// The answer to one question.
    package enum Answer: Sendable, Hashable {
        case permitted
        /// Names those who may: groups and real user names, sorted, without the pseudo users.
        case denied(groups: [String], users: [String])
    }

    /// Allowed user names and pseudo users, in the order of the job definition.
    package let users: [String]

    /// Allowed group names, in the order of the job definition.
    package let groups: [String]

    /// Pseudo user: the owner of the object.
    package static let owner = "_owner"

    /// Pseudo user: the caller, for an act on the caller's own user.
    package static let caller = "xmlrpc user"

    private static let pseudoUsers: Set<String> = [owner, caller, "_self"]

    /// A rule that permits the listed users and groups, and always root.
    package init(users: [String], groups: [String]) {
        self.users = users
        self.groups = groups
    }

    /// Whether the principal may act on an object of this owner, or on the user called `subject`.
    ///
    /// Without `owner` nobody counts as owner; without `subject` nobody counts as acting on themselves.
    package func permits(_ principal: Principal, owner: Owner? = nil, subject: String? = nil) -> Answer {
        if principal.isRoot || isListed(principal) || isOwner(principal, of: owner) || isSelf(principal, subject) {
            return .permitted
        }
        let names = users.filter { !Self.pseudoUsers.contains($0) }
        return .denied(groups: groups.sorted(), users: names.sorted())
    }

    /// Returns only when the principal may.
    ///
    /// - Throws: `AccessError.forbidden` with the groups that may.
    package func require(
        _ principal: Principal, owner: Owner? = nil, subject: String? = nil
    ) throws(AccessError) {
        if case .denied(let groups, _) = permits(principal, owner: owner, subject: subject) {
            throw .forbidden(groups: groups)
        }
    }

    private func isListed(_ principal: Principal) -> Bool {
        // An account that happens to be called like a pseudo user gets nothing from its name.
        let isNamed = !Self.pseudoUsers.contains(principal.name) && users.contains(principal.name)
        if isNamed, !principal.isLimited { return true }
        return groups.contains { principal.roles.contains($0) }
    }

    private func isOwner(_ principal: Principal, of owner: Owner?) -> Bool {
        guard users.contains(Self.owner), let owner else { return false }
        return owner.isOwned(by: principal)
    }

    private func isSelf(_ principal: Principal, _ subject: String?) -> Bool {
        // A user who could set their own password with some of their rights would have all of them.
        guard let subject, subject == principal.name, !principal.isLimited else { return false }
        return users.contains(Self.caller) || users.contains("_self")
    }
}

/// Whom an object belongs to, as far as the configuration says it.
package struct Owner: Sendable, Hashable {
    /// Numeric user id, the form EXAConf keeps.
    package let userID: Int?

    /// User name, when the object keeps a name instead.
    package let name: String?

    /// An owner known by id, by name or by both.
    package init(userID: Int? = nil, name: String? = nil) {
        self.userID = userID
        self.name = name
    }

    /// True when id or name is the principal's; something unknown on either side never matches.
    package func isOwned(by principal: Principal) -> Bool {
        if let userID, userID == principal.userID { return true }
        if let name, name == principal.name { return true }
        return false
    }
}
