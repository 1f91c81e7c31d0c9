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
}
