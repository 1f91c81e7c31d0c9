import Access
import GRDB
import JobEngine

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// One name on its way out of the store, as the store notes it until it is gone: it can be gone on with at any time.
struct PseudonymRun: Sendable {
    /// The number of its list of replaced records.
    let batch: Int
    let names: NameReplacement
    /// Whether the audit log speaks of the list, which is complete then.
    let isAnnounced: Bool

    /// The name as a statement compares it with the bytes of a record.
    var bytes: Data { Data(names.name.utf8) }

    /// Notes a name, unless it is noted already, and hands out all that are under way, this one last.
    static func begin(_ names: NameReplacement, _ database: Database) throws -> [PseudonymRun] {
        try database.run(
            "INSERT INTO pseudonyms (pseudonym, name) VALUES (?, ?) ON CONFLICT (name) DO NOTHING",
            [names.pseudonym, names.name])
        let rows = try Row.fetchAll(
            database,
            sql: """
                SELECT batch, name, pseudonym, authority IS NOT NULL FROM pseudonyms WHERE name IS NOT NULL
                ORDER BY name = ?, batch
                """, arguments: [names.name])
        return try rows.map { row in
            PseudonymRun(
                batch: try row.at(0), names: NameReplacement(try row.at(1), by: try row.at(2)),
                isAnnounced: try row.at(3))
        }
    }

    /// Forgets the name.
    func end(_ database: Database) throws {
        try database.run("UPDATE pseudonyms SET name = NULL WHERE batch = ?", [batch])
    }

    /// To be called between two pieces of work.
    ///
    /// - Throws: `unavailable` when the task was cancelled.
    func check() throws(StoreError) {
        if Task.isCancelled { throw .unavailable("it was cancelled, or took longer than it may") }
    }

    /// Replaces the name in rows that have numbers, the lowest first, those of one selection in a transaction of their own.
    ///
    /// - Parameters:
    ///   - next: Selects rows behind a number that may have the name, in the order of their numbers.
    ///   - replace: Replaces it in these rows.
    /// - Returns: What became of all of them.
    func walk(
        _ file: SQLiteFile, next: @escaping @Sendable (Database, Int) throws -> [Int],
        replace: @escaping @Sendable ([Int], Database) throws -> ReplacedRows
    ) async throws(StoreError) -> ReplacedRows {
        var (rows, last) = (ReplacedRows(), 0)
        while true {
            try check()
            let start = last
            let numbers = try await file.read { try next($0, start) }
            guard let end = numbers.last else { return rows }
            let piece = try await file.commit(for: .administration) { try replace(numbers, $0) }
            rows.changed += piece.changed
            rows.left += piece.left
            last = end
        }
    }
}

/// What became of rows that may have had a name.
struct ReplacedRows: Sendable {
    /// How many are others now.
    var changed = 0
    /// The numbers of those that have it still, or may have it.
    var left: [Int] = []
}
