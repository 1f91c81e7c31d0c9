import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Revisions in the database and who has them.
enum RevisionTable {
    /// The number of the newest revision, `nil` when there is none.
    static func head(_ database: Database) throws -> Int? {
        try Int.fetchOne(database.cachedStatement(sql: "SELECT max(number) FROM revisions"))
    }

    /// Adds a revision.
    ///
    /// - Throws: `headMoved` when its number is taken by another text.
    static func insert(_ database: Database, _ revision: RevisionRecord) throws {
        let text = Data(revision.text.utf8)
        try database.run(
            "INSERT INTO revisions (\(columns), text) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO NOTHING",
            row(revision, text))
        if database.changesCount == 0 {
            let same = try Bool.fetchOne(
                database, sql: "SELECT sha256 = ? AND text = ? FROM revisions WHERE number = ?",
                arguments: [revision.sha256, text, revision.number])
            guard same == true else { throw StoreError.headMoved(to: try head(database) ?? 0) }
        }
        guard !revision.acknowledgements.isEmpty else { return }
        _ = try replaceAcknowledgements(database, of: revision.number, with: revision.acknowledgements)
    }

    /// Adds a revision, or puts it in the place of what has its number.
    static func put(_ database: Database, _ revision: RevisionRecord) throws {
        try database.run(
            """
            INSERT INTO revisions (\(columns), text) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET sha256 = excluded.sha256, checksum = excluded.checksum,
                job = excluded.job, user = excluded.user, reason = excluded.reason, at = excluded.at,
                text = excluded.text
            """, row(revision, Data(revision.text.utf8)))
        guard !revision.acknowledgements.isEmpty else { return }
        _ = try replaceAcknowledgements(database, of: revision.number, with: revision.acknowledgements)
    }

    private static func row(_ revision: RevisionRecord, _ text: Data) -> StatementArguments {
        [
            revision.number, revision.sha256, revision.checksum, revision.job?.description, revision.user,
            revision.reason, revision.at.milliseconds, text,
        ]
    }

    /// Makes these the only nodes known to have a revision.
    ///
    /// - Returns: False when there is no such revision.
    static func replaceAcknowledgements(
        _ database: Database, of number: Int, with nodes: [Acknowledgement]
    ) throws -> Bool {
        let isKnown = try database.cachedStatement(sql: "SELECT 1 FROM revisions WHERE number = ?")
        guard try Int.fetchOne(isKnown, arguments: [number]) != nil else { return false }
        try database.run("DELETE FROM acknowledgements WHERE revision = ?", [number])
        for acknowledgement in nodes {
            try database.run(
                "INSERT OR REPLACE INTO acknowledgements (revision, node, state, at) VALUES (?, ?, ?, ?)",
                [number, acknowledgement.node, acknowledgement.state.rawValue, acknowledgement.at?.milliseconds])
        }
        return true
    }

    /// The whole revision of a number.
    static func record(_ database: Database, _ number: Int) throws -> RevisionRecord? {
        let statement = try database.cachedStatement(sql: "SELECT \(columns), text FROM revisions WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [number]).map { row in
            let text: Data = try row.at(7)
            return try record(database, row, text: String(decoding: text, as: UTF8.self))
        }
    }

    /// Revisions with an empty text, newest first.
    static func list(_ database: Database, below number: Int?, limit: Int) throws -> [RevisionRecord] {
        let rows = try Row.fetchAll(
            database, sql: "SELECT \(columns) FROM revisions WHERE number < ? ORDER BY number DESC LIMIT ?",
            arguments: [number ?? .max, limit])
        return try rows.map { try record(database, $0, text: "") }
    }

    private static let columns = "number, sha256, checksum, job, user, reason, at"

    private static func record(_ database: Database, _ row: Row, text: String) throws -> RevisionRecord {
        let job: String? = try row.at(3)
        var revision = RevisionRecord(
            number: try row.at(0), text: text, sha256: try row.at(1), checksum: try row.at(2),
            job: job.flatMap { JobID($0) }, user: try row.at(4), reason: try row.at(5),
            at: Timestamp(milliseconds: try row.at(6)))
        revision.acknowledgements = try acknowledgements(database, of: revision.number)
        return revision
    }

    /// The nodes known to have a revision, and those that lack it, by number.
    static func acknowledgements(_ database: Database, of number: Int) throws -> [Acknowledgement] {
        let statement = try database.cachedStatement(
            sql: "SELECT node, state, at FROM acknowledgements WHERE revision = ? ORDER BY node")
        return try Row.fetchAll(statement, arguments: [number]).compactMap { row in
            let at: Int? = try row.at(2)
            return try Acknowledgement.State(rawValue: row.at(1)).map {
                Acknowledgement(node: try row.at(0), state: $0, at: at.map(Timestamp.init(milliseconds:)))
            }
        }
    }
}
