import EXAConf
import Values

/// Whose sessions and tokens end with a revision, however it was made.
enum EndedLogins {
    /// The users who were removed, made, given another id, may not log in any more, or got a password from somebody else.
    ///
    /// Somebody who changes their own password keeps them.
    static func between(_ old: Document, _ new: Document, by author: String) -> Set<String> {
        guard old.section(at: .users) != new.section(at: .users) else { return [] }
        let before = Dictionary(old.users.map { ($0.name, $0) }) { first, _ in first }
        let after = Dictionary(new.users.map { ($0.name, $0) }) { first, _ in first }
        return Set(before.keys).union(after.keys).filter { name in
            guard let was = before[name], let now = after[name] else { return true }
            return was.id != now.id || (was.isLoginEnabled && !now.isLoginEnabled)
                || (was.passwordHash != now.passwordHash && name != author)
        }
    }
}
