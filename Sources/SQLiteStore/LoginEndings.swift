import GRDB

/// With which revision the logins of a user ended last, so that a login that was under way then leaves nothing behind.
enum LoginEndings {
    /// Takes away the sessions and tokens of users and remembers since when.
    static func note(_ users: Set<String>, with revision: Int, _ database: Database) throws {
        for user in users {
            try database.run("DELETE FROM sessions WHERE user = ?", [user])
            try database.run("DELETE FROM tokens WHERE user = ?", [user])
            try database.run("INSERT OR REPLACE INTO login_endings (user, revision) VALUES (?, ?)", [user, revision])
        }
    }

    /// Whether something may come of a login that was checked when a revision was in force.
    static func allow(_ user: String, asOf revision: Int, _ database: Database) throws -> Bool {
        let last = try database.cachedStatement(sql: "SELECT revision FROM login_endings WHERE user = ?")
        return try Int.fetchOne(last, arguments: [user]) ?? 0 <= revision
    }
}
