package import Access
import GRDB
package import JobEngine
import Values
package import Waiting

/// The log of one node: an entry is applied in the transaction that appends it. No other node reads it, so there is no value
/// all of it comes to.
extension SQLiteStore: JobLog {
    /// Shared with everything else that is kept in the file.
    package var thread: SerialThread { file.thread }

    /// On the disk on return.
    ///
    /// - Throws: `full` or `unavailable`.
    package func beginTerm() async throws(StoreError) -> LogPosition {
        try await file.commit(for: .administration) { database in
            try database.run("UPDATE log_end SET term = term + 1, applied = applied + 1, chain = NULL")
            return try Self.end(database)
        }
    }

    /// On the disk on return; shares its flush with whatever else waits.
    ///
    /// - Throws: `deposed` or `full` when nothing of it is kept, `unavailable` when nobody knows.
    package func append(
        _ records: [LogRecord], audit: [AuditEvent], after position: LogPosition
    ) async throws(StoreError) {
        // Encoding is the dearest part: it is done before the one writer is held.
        let write = StoreWrite(records)
        let prepared = PreparedWrite(write)
        let events = audit.map { JSON.bytes($0.value) }
        try await file.commit(for: write.isAdministration ? .administration : .ordinary) { database in
            try database.run(
                "UPDATE log_end SET applied = applied + 1, chain = NULL WHERE term = ? AND applied = ?",
                [position.term, position.index])
            guard database.changesCount == 1 else { throw StoreError.deposed }
            try prepared.apply(database)
            for event in events { try SQLiteAudit.append(event, database) }
        }
    }

    /// - Throws: `unavailable`.
    package func end() async throws(StoreError) -> LogPosition { try await file.read(Self.end) }

    /// Takes a change outside of terms as an entry of its own: whoever is in a term is deposed.
    static func skip(_ database: Database) throws {
        try database.run("UPDATE log_end SET applied = applied + 1, chain = NULL")
    }

    private static func end(_ database: Database) throws -> LogPosition {
        guard let row = try Row.fetchOne(database, sql: "SELECT term, applied FROM log_end") else {
            throw StoreError.unavailable("the end of the log is missing")
        }
        return LogPosition(term: try row.at(0), index: try row.at(1))
    }
}
