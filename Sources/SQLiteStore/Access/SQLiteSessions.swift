package import Access
import Certificates
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Sessions in the database file of the node.
package struct SQLiteSessions: SessionStore {
    let table: CredentialTable

    /// The sessions in an open file.
    package init(_ file: SQLiteFile) {
        table = CredentialTable(file, of: "sessions")
    }

    /// Durable on return.
    ///
    /// - Throws: `AccessError` `authenticationFailed` when the user's logins ended with a later revision; `unavailable`,
    ///   with the cause in the log.
    package func add(_ session: Session, asOf revision: Int) async throws(AccessError) {
        let row = Self.row(session)
        let isKept = try await table.commit { database in
            guard try LoginEndings.allowSession(session.user, asOf: revision, database) else { return false }
            try database.run("INSERT INTO \(Self.values)", row)
            return true
        }
        guard isKept else { throw .authenticationFailed }
    }

    /// Durable on return; a session that was revoked meanwhile does not come back by it.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await table.commit { try $0.run("UPDATE sessions SET last_used_at = ? WHERE id = ?", [time, id]) }
    }

    /// An expired session is found until ``removeExpired(at:lastUsedBefore:)`` took it away; `nil` for an unknown hash.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func find(tokenHash: [UInt8]) async throws(AccessError) -> Session? {
        try await table.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT \(Self.columns) FROM sessions WHERE token_hash = ?")
            return try Row.fetchOne(statement, arguments: [Data(tokenHash)]).flatMap(Self.session)
        }
    }

    /// Newest first, of all users when `user` is `nil`.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func list(user: String?) async throws(AccessError) -> [Session] {
        try await table.read { database in
            let filter = user == nil ? "" : "WHERE user = ?"
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(Self.columns) FROM sessions \(filter) ORDER BY opened_at DESC, id",
                arguments: user.map { [$0] } ?? [])
            return try rows.compactMap(Self.session)
        }
    }

    /// The session as it was; gone for good on return. `nil` when none has this id.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func revoke(id: String) async throws(AccessError) -> Session? {
        try await table.commit { database in
            let statement = try database.cachedStatement(
                sql: "DELETE FROM sessions WHERE id = ? RETURNING \(Self.columns)")
            return try Row.fetchOne(statement, arguments: [id]).flatMap(Self.session)
        }
    }

    /// Both times in milliseconds since 1970; what is exactly as old stays.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func removeExpired(at now: Int64, lastUsedBefore: Int64) async throws(AccessError) {
        try await table.commit { database in
            try database.run(
                "DELETE FROM sessions WHERE expires_at < ? OR last_used_at < ?", [now, lastUsedBefore])
        }
    }

    /// Those whose last use is longest ago go.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func keepNewest(_ count: Int, of user: String) async throws(AccessError) {
        try await table.commit { database in
            try database.run(
                """
                DELETE FROM sessions WHERE token_hash IN (
                    SELECT token_hash FROM sessions WHERE user = ?
                    ORDER BY last_used_at DESC, opened_at DESC LIMIT -1 OFFSET ?)
                """, [user, count])
        }
    }

    static let columns =
        "token_hash, id, user, opened_by, address, opened_at, last_used_at, expires_at, certificate"
    private static let values = "sessions (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

    /// Takes a ``row(_:)`` in the place of what has its id or token.
    static let replacing = "INSERT OR REPLACE INTO \(values)"

    static func row(_ session: Session) -> StatementArguments {
        [
            Data(session.tokenHash), session.id, session.user, session.openedBy.rawValue, session.address,
            session.openedAt, session.lastUsedAt, session.expiresAt, session.certificate?.text,
        ]
    }

    /// `nil` for a row that is damaged.
    static func session(_ row: Row) throws -> Session? {
        guard let method = Principal.Method(rawValue: try row.at(3)) else { return nil }
        let hash: Data = try row.at(0)
        let certificate: String? = try row.at(8)
        return Session(
            id: try row.at(1), tokenHash: Array(hash), user: try row.at(2), openedBy: method,
            certificate: certificate.flatMap { CertificateID(text: $0) }, address: try row.at(4),
            openedAt: try row.at(5), lastUsedAt: try row.at(6), expiresAt: try row.at(7))
    }
}
