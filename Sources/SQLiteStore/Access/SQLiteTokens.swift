package import Access
import Certificates
import GRDB

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The tokens users made, in the database file of the node.
package struct SQLiteTokens: TokenStore {
    private let table: CredentialTable

    /// The tokens in an open file.
    package init(_ file: SQLiteFile) {
        table = CredentialTable(file, of: "tokens")
    }

    /// Durable on return; tokens that ended before this one was made go with it.
    ///
    /// - Returns: False when the user has `limit` tokens already, and nothing was kept.
    /// - Throws: `AccessError` `authenticationFailed` when the user's logins ended with a later revision; `unavailable`,
    ///   with the cause in the log.
    package func add(_ token: APIToken, limit: Int, asOf revision: Int) async throws(AccessError) -> Bool {
        let row = Self.row(token)
        let isKept: Bool? = try await table.commit { database in
            guard try LoginEndings.allow(token.user, asOf: revision, database) else { return nil }
            try database.run(Self.removingEnded, [token.madeAt])
            let count = try Int.fetchOne(
                database, sql: "SELECT count(*) FROM tokens WHERE user = ?", arguments: [token.user])
            guard count ?? 0 < limit else { return false }
            try database.run("INSERT INTO \(Self.values)", row)
            return true
        }
        guard let isKept else { throw .authenticationFailed }
        return isKept
    }

    /// An ended token is found, too; `nil` for an unknown hash.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func token(secretHash: [UInt8]) async throws(AccessError) -> APIToken? {
        try await table.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT \(Self.columns) FROM tokens WHERE secret_hash = ?")
            return try Row.fetchOne(statement, arguments: [Data(secretHash)]).map(Self.token)
        }
    }

    /// Newest first, of all users when `user` is `nil`.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func tokens(of user: String?) async throws(AccessError) -> [APIToken] {
        try await table.read { database in
            let filter = user == nil ? "" : "WHERE user = ?"
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(Self.columns) FROM tokens \(filter) ORDER BY made_at DESC, id",
                arguments: user.map { [$0] } ?? [])
            return try rows.map(Self.token)
        }
    }

    /// Durable on return.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func noteUse(of id: String, at time: Int64) async throws(AccessError) {
        try await table.commit { try $0.run("UPDATE tokens SET last_used_at = ? WHERE id = ?", [time, id]) }
    }

    /// The token as it was; gone for good on return. `nil` when none has this id.
    ///
    /// - Throws: `AccessError` `unavailable`; the cause is in the log.
    package func removeToken(id: String) async throws(AccessError) -> APIToken? {
        try await table.commit { database in
            let statement = try database.cachedStatement(
                sql: "DELETE FROM tokens WHERE id = ? RETURNING \(Self.columns)")
            return try Row.fetchOne(statement, arguments: [id]).map(Self.token)
        }
    }

    static let columns = "secret_hash, id, name, user, roles, made_at, expires_at, last_used_at, certificate"
    private static let values = "tokens (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"

    /// Takes a ``row(_:)`` in the place of what has its id or secret.
    static let replacing = "INSERT OR REPLACE INTO \(values)"
    /// Takes away those that ended by a time.
    static let removingEnded = "DELETE FROM tokens WHERE expires_at <= ?"

    static func row(_ token: APIToken) -> StatementArguments {
        [
            Data(token.secretHash), token.id, token.name, token.user, token.roles?.joined(separator: "\n"),
            token.madeAt, token.expiresAt, token.lastUsedAt, token.certificate?.text,
        ]
    }

    static func token(_ row: Row) throws -> APIToken {
        let hash: Data = try row.at(0)
        let roles: String? = try row.at(4)
        let certificate: String? = try row.at(8)
        return APIToken(
            id: try row.at(1), secretHash: Array(hash), name: try row.at(2), user: try row.at(3),
            roles: roles?.split(separator: "\n").map(String.init),
            certificate: certificate.flatMap { CertificateID(text: $0) }, madeAt: try row.at(5),
            expiresAt: try row.at(6), lastUsedAt: try row.at(7))
    }
}
