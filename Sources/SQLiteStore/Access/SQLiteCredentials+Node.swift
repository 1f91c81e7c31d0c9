package import Access
import GRDB
import Replication

/// The sessions of one node of a cluster: the log changes them, in ``ReplicatedWrite``.
extension SQLiteSessions: NodeSessions {
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func session(id: String) async throws(AccessError) -> Session? {
        try await table.read { database in
            let statement = try database.cachedStatement(sql: "SELECT \(Self.columns) FROM sessions WHERE id = ?")
            return try Row.fetchOne(statement, arguments: [id]).flatMap(Self.session)
        }
    }

    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func allowsSession(of user: String, asOf revision: Int) async throws(AccessError) -> Bool {
        try await table.read { try LoginEndings.allowSession(user, asOf: revision, $0) }
    }

    /// What is exactly as old stays.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func expired(
        at now: Int64, lastUsedBefore: Int64, limit: Int
    ) async throws(AccessError) -> [String] {
        try await table.read { database in
            try String.fetchAll(
                database, sql: "SELECT id FROM sessions WHERE expires_at < ? OR last_used_at < ? ORDER BY id LIMIT ?",
                arguments: [now, lastUsedBefore, limit])
        }
    }

    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func surplus(over count: Int, of user: String, limit: Int) async throws(AccessError) -> [String] {
        try await table.read { database in
            try String.fetchAll(
                database,
                sql: """
                    SELECT id FROM sessions WHERE user = ?
                    ORDER BY last_used_at DESC, opened_at DESC LIMIT ? OFFSET ?
                    """, arguments: [user, limit, count])
        }
    }
}

/// The tokens of one node of a cluster: the log changes them, in ``ReplicatedWrite``.
extension SQLiteTokens: NodeTokens {
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func token(id: String) async throws(AccessError) -> APIToken? {
        try await table.read { database in
            let statement = try database.cachedStatement(sql: "SELECT \(Self.columns) FROM tokens WHERE id = ?")
            return try Row.fetchOne(statement, arguments: [id]).map(Self.token)
        }
    }

    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func allowsToken(of user: String, asOf revision: Int) async throws(AccessError) -> Bool {
        try await table.read { try LoginEndings.allow(user, asOf: revision, $0) }
    }
}
