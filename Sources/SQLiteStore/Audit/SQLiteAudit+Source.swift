package import Access
import GRDB
import JobEngine
import Logging

extension SQLiteAudit: AuditSource {
    /// A limit below 1 or above 1000 is brought into these bounds.
    ///
    /// - Throws: `unavailable`.
    package func records(after sequence: Int, limit: Int) async throws(AccessError) -> AuditBatch {
        let limit = min(max(limit, 1), 1000)
        return try await read { database in
            let rows = try Row.fetchAll(
                database, sql: "SELECT \(Self.columns) FROM audit WHERE seq > ? ORDER BY seq LIMIT ?",
                arguments: [sequence, limit])
            let newest = try Int.fetchOne(database, sql: "SELECT max(seq) FROM audit") ?? 0
            return AuditBatch(records: try rows.map { try Self.record($0) }, newest: max(0, newest))
        }
    }

    /// - Throws: `unavailable`.
    package func handedOn() async throws(AccessError) -> Int? {
        try await read { try Int.fetchOne($0, sql: "SELECT sent FROM audit_export") }
    }

    /// - Throws: `unavailable`.
    package func noteHandedOn(_ sequence: Int) async throws(AccessError) {
        do {
            try await file.commit {
                try $0.run("INSERT OR REPLACE INTO audit_export (id, sent) VALUES (1, ?)", [sequence])
            }
        } catch {
            throw report(error)
        }
    }

    private func read<Success: Sendable>(
        _ fetch: @escaping @Sendable (Database) throws -> Success
    ) async throws(AccessError) -> Success {
        do { return try await file.read(fetch) } catch { throw report(error) }
    }

    // Asked again and again: whoever does so says once that it fails.
    private func report(_ error: StoreError) -> AccessError {
        file.log.debug("audit records cannot be handed on", metadata: ["cause": "\(error)"])
        return .unavailable(retryAfter: .seconds(5))
    }
}
