import Access
import GRDB
import JobEngine
import Logging

/// A table of what lets users in, its errors told as those of a login.
struct CredentialTable: Sendable {
    private let file: SQLiteFile
    private let contents: String

    /// - Parameter contents: What lies in it, for the log, such as `sessions`.
    init(_ file: SQLiteFile, of contents: String) {
        self.file = file
        self.contents = contents
    }

    func commit<Success: Sendable>(
        _ change: @escaping @Sendable (Database) throws -> Success
    ) async throws(AccessError) -> Success {
        do { return try await file.commit(for: .administration, change) } catch { throw report(error) }
    }

    func read<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(AccessError) -> Success {
        do { return try await file.read(fetch) } catch { throw report(error) }
    }

    // The caller is told to come again; the cause is the operator's.
    private func report(_ error: StoreError) -> AccessError {
        file.log.error("\(contents) cannot be kept or read", metadata: ["cause": "\(error)"])
        if case .full = error { return .outOfSpace }
        return .unavailable(retryAfter: .seconds(1))
    }
}

/// With which revision the logins of a user ended last, so that a login that was under way then leaves nothing behind.
enum LoginEndings {
    /// Takes away sessions and tokens of users and remembers since when.
    static func note(_ ended: EndedLogins, with revision: Int, _ database: Database) throws {
        for sessions in ended.sessions {
            try database.run("DELETE FROM sessions WHERE user = ? AND id IS NOT ?", [sessions.user, sessions.kept])
            try database.run(
                "INSERT OR REPLACE INTO session_endings (user, revision) VALUES (?, ?)", [sessions.user, revision])
        }
        for user in ended.users {
            try database.run("DELETE FROM sessions WHERE user = ?", [user])
            try database.run("DELETE FROM tokens WHERE user = ?", [user])
            try database.run("INSERT OR REPLACE INTO login_endings (user, revision) VALUES (?, ?)", [user, revision])
        }
    }

    /// Whether something may come of a login that was checked when a revision was in force.
    static func allow(_ user: String, asOf revision: Int, _ database: Database) throws -> Bool {
        try last(in: "login_endings", of: user, database) <= revision
    }

    /// The same of a session, which ends with its user's own password, too.
    static func allowSession(_ user: String, asOf revision: Int, _ database: Database) throws -> Bool {
        guard try allow(user, asOf: revision, database) else { return false }
        return try last(in: "session_endings", of: user, database) <= revision
    }

    private static func last(in table: String, of user: String, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(sql: "SELECT revision FROM \(table) WHERE user = ?")
        return try Int.fetchOne(statement, arguments: [user]) ?? 0
    }
}
