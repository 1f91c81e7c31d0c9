import EXAConf

/// What a revision does to users that takes effect beside it.
struct UserChanges: Sendable, Hashable {
    /// Whose sessions and tokens end.
    private(set) var endedLogins = EndedLogins()
    /// Who is no user any more: their jobs that wait end.
    private(set) var removed: Set<String> = []

    /// Nothing.
    init() {}

    /// What lies between two documents.
    ///
    /// All logins end of users who were removed, made, given another id, may not log in any more, or got a password from
    /// somebody else. Of those who set their own password the sessions do, but for the one they did it in.
    ///
    /// - Parameter author: Who asked for the change; `nil` for an edit by hand.
    init(from old: Document, to new: Document, by author: JobRecord.Requester? = nil) {
        guard old.section(at: .users) != new.section(at: .users) else { return }
        let before = Dictionary(old.users.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.users.map { ($0.name, $0) }) { first, _ in first }
        removed = Set(before.keys).subtracting(after.keys)
        for name in Set(before.keys).union(after.keys) {
            guard let was = before[name], let now = after[name], was.id == now.id,
                !was.isLoginEnabled || now.isLoginEnabled
            else {
                endedLogins.users.insert(name)
                continue
            }
            if was.passwordHash == now.passwordHash { continue }
            if name == author?.name {
                endedLogins.sessions.append(EndedLogins.Sessions(of: name, but: author?.session))
            } else {
                endedLogins.users.insert(name)
            }
        }
    }
}
