/// Users and groups.
extension Document {
    private static let largestID = 4_294_967_294
    private static let reservedUsers = ["exameta", "_owner", "_self"]
    private static let reservedGroups = ["exameta", "exahugepages"]

    /// Adds a user.
    ///
    /// - Throws: `exists` for a known or reserved name or id, `missing` for an unknown group, `invalid`.
    package mutating func addUser(_ name: String, _ settings: UserSettings) throws(EXAConfError) {
        try TextRule.check(listed: name, "user")
        guard user(named: name) == nil, !Self.reservedUsers.contains(name) else {
            throw EXAConfError.exists("User '\(name)'")
        }
        guard settings.id != nil, settings.group != nil else {
            throw EXAConfError.invalid("A new user needs an id and a main group.")
        }
        var complete = settings
        complete.isLoginEnabled = settings.isLoginEnabled ?? false
        try check(complete, of: name)
        try atomically { (draft) throws(EXAConfError) in
            if !draft.contains(.users) { try draft.addSection(.users) }
            try draft.addSection(.user(name))
            try draft.write(try complete.assignments(), to: .user(name))
        }
    }

    /// Changes keys of a user; lists are replaced, or extended by what is new when asked to.
    ///
    /// - Throws: `missing` for an unknown user or group, `exists` for another user's id, `invalid`.
    package mutating func modifyUser(
        _ name: String, _ settings: UserSettings, extendingLists: Bool = false
    ) throws(EXAConfError) {
        let user = UserEntry(try require(.user(name)))
        var complete = settings
        if extendingLists {
            complete.additionalGroups = Self.extended(user.additionalGroups, by: settings.additionalGroups)
            complete.authorizedKeys = Self.extended(user.authorizedKeys, by: settings.authorizedKeys)
        }
        try check(complete, of: name)
        try atomically { (draft) throws(EXAConfError) in
            try draft.write(try complete.assignments(), to: .user(name))
        }
    }

    /// Takes a user out.
    ///
    /// - Parameter force: also when objects belong to the user.
    /// - Throws: `missing` for an unknown user, `inUse` by objects, `invalid` for `root`.
    package mutating func removeUser(_ name: String, force: Bool = false) throws(EXAConfError) {
        let user = UserEntry(try require(.user(name)))
        guard name != "root" else { throw EXAConfError.invalid("User 'root' cannot be removed.") }
        let objects = user.id.map { id in owned { $0.user == id } } ?? []
        guard force || objects.isEmpty else { throw EXAConfError.inUse("User '\(name)'", by: objects) }
        removeSection(.user(name))
    }

    /// Adds a group.
    ///
    /// - Throws: `exists` for a known or reserved name or id, `invalid`.
    package mutating func addGroup(_ name: String, id: Int) throws(EXAConfError) {
        try TextRule.check(listed: name, "group")
        guard group(named: name) == nil, !Self.reservedGroups.contains(name) else {
            throw EXAConfError.exists("Group '\(name)'")
        }
        try check(groupID: id, of: name)
        try atomically { (draft) throws(EXAConfError) in
            if !draft.contains(.groups) { try draft.addSection(.groups) }
            try draft.addSection(.group(name))
            try draft.set("ID", to: String(id), in: .group(name))
        }
    }

    /// Takes a group out.
    ///
    /// - Parameter force: also when users or objects belong to it.
    /// - Throws: `missing` for an unknown group, `inUse` by users and objects, `invalid` for `root`.
    package mutating func removeGroup(_ name: String, force: Bool = false) throws(EXAConfError) {
        let group = GroupEntry(try require(.group(name)))
        guard name != "root" else { throw EXAConfError.invalid("Group 'root' cannot be removed.") }
        let members = users.filter { $0.allGroups.contains(name) }.map { "user \($0.name)" }
        let objects = group.id.map { id in owned { $0.group == id } } ?? []
        guard force || (members + objects).isEmpty else {
            throw EXAConfError.inUse("Group '\(name)'", by: members + objects)
        }
        removeSection(.group(name))
    }

    private func check(_ settings: UserSettings, of name: String) throws(EXAConfError) {
        if let id = settings.id {
            try Self.check(id, in: 0...Self.largestID, key: "ID")
            let isReserved = Self.reservedUserIDs.contains(id) && name != "root"
            if isReserved || users.contains(where: { $0.id == id && $0.name != name }) {
                throw EXAConfError.exists("User id \(id)")
            }
        }
        for group in (settings.group.map { [$0] } ?? []) + (settings.additionalGroups ?? []) {
            guard self.group(named: group) != nil || Self.reservedGroups.contains(group) else {
                throw EXAConfError.missing("Group '\(TextRule.shown(group))'")
            }
        }
    }

    private func check(groupID id: Int, of name: String) throws(EXAConfError) {
        try Self.check(id, in: 0...Self.largestID, key: "ID")
        let isReserved = Self.reservedGroupIDs.contains(id) && name != "root"
        if isReserved || groups.contains(where: { $0.id == id && $0.name != name }) {
            throw EXAConfError.exists("Group id \(id)")
        }
    }

    private static func extended(_ present: [String], by added: [String]?) -> [String]? {
        added.map { present + $0.filter { !present.contains($0) } }
    }
}
