import EXAConf

/// Whose sessions and tokens end with a revision, however it was made.
package struct EndedLogins: Sendable, Hashable {
    /// Users whose sessions and tokens end.
    package var users: Set<String>
    /// Users whose sessions end, one after the other.
    package var sessions: [Sessions] = []

    /// The sessions of a user, but for one.
    package struct Sessions: Sendable, Hashable {
        /// Whose they are.
        package let user: String
        /// The id of the one that stays; `nil` when none does.
        package let kept: String?

        /// Sessions as they are named.
        package init(of user: String, but kept: String?) {
            self.user = user
            self.kept = kept
        }
    }

    /// The logins of these users, with their tokens.
    package init(_ users: Set<String> = []) {
        self.users = users
    }

    /// Whether nobody's do.
    package var isEmpty: Bool { users.isEmpty && sessions.isEmpty }

    /// Adds those that end with a later revision.
    mutating func add(_ later: EndedLogins) {
        users.formUnion(later.users)
        sessions += later.sessions
    }

    /// All logins of users who were removed, made, given another id, may not log in any more, or got a password from
    /// somebody else. Of those who set their own password the sessions, but for the one they did it in.
    ///
    /// - Parameter author: Who asked for the change; `nil` for an edit by hand.
    static func between(
        _ old: Document, _ new: Document, by author: JobRecord.Requester? = nil
    ) -> EndedLogins {
        var ended = EndedLogins()
        guard old.section(at: .users) != new.section(at: .users) else { return ended }
        let before = Dictionary(old.users.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.users.map { ($0.name, $0) }) { first, _ in first }
        for name in Set(before.keys).union(after.keys) {
            guard let was = before[name], let now = after[name], was.id == now.id,
                !was.isLoginEnabled || now.isLoginEnabled
            else {
                ended.users.insert(name)
                continue
            }
            if was.passwordHash == now.passwordHash { continue }
            if name == author?.name {
                ended.sessions.append(Sessions(of: name, but: author?.session))
            } else {
                ended.users.insert(name)
            }
        }
        return ended
    }

    /// The users who are not there any more.
    static func removed(between old: Document, _ new: Document) -> Set<String> {
        guard old.section(at: .users) != new.section(at: .users) else { return [] }
        return Set(old.users.map(\.name)).subtracting(new.users.map(\.name))
    }
}
