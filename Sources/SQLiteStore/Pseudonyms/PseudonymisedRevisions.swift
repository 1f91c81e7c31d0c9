import Certificates
import GRDB
import JobEngine

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replaces a name in former revisions: who made them, why, and the user in their text.
struct PseudonymisedRevisions: Sendable {
    let file: SQLiteFile
    let run: PseudonymRun

    // Texts of up to 16 MiB.
    private static let revisionsAtOnce = 4

    /// Adds what it did to a report.
    func replace(_ report: inout PseudonymReport) async throws(StoreError) {
        let rows = try await run.walk(
            file,
            next: { [run] database, start in
                try Int.fetchAll(
                    database,
                    sql: """
                        SELECT number FROM revisions
                        WHERE number > ? AND (user = ? OR instr(coalesce(reason, ''), ?) > 0 OR instr(text, ?) > 0)
                        ORDER BY number LIMIT ?
                        """,
                    arguments: [start, run.names.name, run.names.name, run.bytes, Self.revisionsAtOnce])
            }, replace: { [self] in try replace($0, $1) })
        report.revisions += rows.changed
        report.left += rows.left.map { "revision \($0): its text has the name elsewhere than as a user" }
    }

    private func replace(_ numbers: [Int], _ database: Database) throws -> ReplacedRows {
        let head = try RevisionTable.head(database)
        var piece = ReplacedRows()
        for number in numbers {
            guard let revision = try RevisionTable.record(database, number) else { continue }
            var isChanged = false
            let user = run.names.replaced(in: revision.user)
            let reason = revision.reason.flatMap { run.names.replaced(in: $0) }
            if user != nil || reason != nil {
                try database.run(
                    "UPDATE revisions SET user = ?, reason = ? WHERE number = ?",
                    [user ?? revision.user, reason ?? revision.reason, number])
                isChanged = true
            }
            var text = revision.text
            // The newest one is in force, and nobody of the name is in it.
            if number != head, let former = run.names.configuration(text) {
                text = former.text
                try database.run(
                    "UPDATE revisions SET text = ?, sha256 = ?, checksum = ? WHERE number = ?",
                    [Data(text.utf8), Digest.sha256Hex(text.utf8), former.checksum, number])
                isChanged = true
            }
            if run.names.replaced(in: text) != nil { piece.left.append(number) }
            if isChanged { piece.changed += 1 }
        }
        return piece
    }
}
