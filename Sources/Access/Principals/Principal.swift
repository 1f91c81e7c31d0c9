/// Who a request acts as, once a credential was accepted.
package struct Principal: Sendable, Hashable {
    /// How the identity was proven.
    package enum Method: String, Sendable, Hashable, Codable, CaseIterable {
        case password
        /// The `AuthenticationToken` of EXAConf.
        case bearer
        case session
        /// A token a user made for a program.
        case token
        /// A client certificate of the TLS connection.
        case certificate
        /// The operating system told who is at the other end of a local socket.
        case peer
        /// The daemon itself: schedules, resumed jobs.
        case `internal`
    }

    /// User name as in `[Users]` of EXAConf or in the system's account database.
    package let name: String

    /// Names of the groups whose rights the principal has.
    package let roles: Set<String>

    /// Numeric user id, `nil` when no account says one.
    package let userID: Int?

    /// Numeric ids of the user's groups, sorted; empty when unknown.
    package let groupIDs: [Int]

    /// How the identity was proven.
    package let method: Method

    /// Whether it has only some of the user's rights: then nothing follows from the name alone.
    package let isLimited: Bool

    /// What the login stands on, for whatever lasts longer than its request.
    package internal(set) var credential: CredentialState

    /// A principal with exactly these rights; nothing is looked up.
    package init(
        name: String, roles: Set<String>, userID: Int? = nil, groupIDs: [Int] = [], method: Method = .password,
        isLimited: Bool = false
    ) {
        self.name = name
        self.roles = roles
        self.userID = userID
        self.groupIDs = groupIDs.sorted()
        self.method = method
        self.isLimited = isLimited
        credential = CredentialState(user: name, userID: userID, proof: .named(method))
        credential.limits = isLimited ? roles : nil
    }

    /// True for the user `root` and for every member of the group `root`: both may do everything.
    package var isRoot: Bool { roles.contains(Self.rootName) || name == Self.rootName && !isLimited }

    /// The same user with these of their roles and no others; root has every role there is.
    package func limited(to some: Set<String>) -> Principal {
        var copy = restricted(to: isRoot ? some : roles.intersection(some))
        copy.credential.limits = credential.limits?.intersection(some) ?? some
        return copy
    }

    /// The same login, with no more rights than its user has now.
    ///
    /// What the user was given since does not count: it was not part of the login.
    package func narrowed(to entry: DirectoryEntry) -> Principal {
        let isStillRoot = entry.principal(method: method).isRoot
        return Principal(
            name: name, roles: isStillRoot ? roles : roles.intersection(entry.roles), userID: userID,
            groupIDs: groupIDs.filter(entry.groupIDs.contains), method: method, isLimited: isLimited
        ).proven(asOf: asOf)
    }

    func restricted(to roles: Set<String>) -> Principal {
        var copy = Principal(
            name: name, roles: roles, userID: userID, groupIDs: groupIDs, method: method, isLimited: true)
        copy.credential = credential
        return copy
    }

    /// Name of the user and of the group that may do everything.
    package static let rootName = "root"

    /// The daemon acting on its own behalf, with root's rights.
    package static let daemon = Principal(
        name: rootName, roles: [rootName], userID: 0, groupIDs: [0], method: .internal)
}
