import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Replaces a name in the jobs of the store that have ended, and in whose the archived ones were.
struct PseudonymisedJobs: Sendable {
    let file: SQLiteFile
    let run: PseudonymRun

    private static let jobsAtOnce = 20
    private static let numbersAtOnce = 20_000

    /// Adds what it did to a report.
    func replace(_ report: inout PseudonymReport) async throws(StoreError) {
        let rows = try await run.walk(
            file,
            next: { [run] database, start in
                try Int.fetchAll(
                    database,
                    sql: """
                        SELECT number FROM jobs
                        WHERE number > ? AND done = 1 AND (user = ? OR instr(record, ?) > 0) ORDER BY number LIMIT ?
                        """, arguments: [start, run.names.name, run.bytes, Self.jobsAtOnce])
            }, replace: { [self] in try replace($0, $1) })
        report.jobs += rows.changed
        report.left += rows.left.map { "job \($0): it cannot be read" }
        try await replaceOwners()
    }

    private func replace(_ numbers: [Int], _ database: Database) throws -> ReplacedRows {
        var piece = ReplacedRows()
        for number in numbers {
            guard
                let row = try JobRow.fetchOne(
                    database, sql: "SELECT number, record FROM jobs WHERE number = ?", arguments: [number])
            else { continue }
            guard let bytes = row.bytes, let value = try? JSON.parse(bytes, limits: JobRow.limits) else {
                piece.left.append(number)
                continue
            }
            guard let changed = run.names.job(value) else { continue }
            guard let job = JobRecord(changed) else {
                piece.left.append(number)
                continue
            }
            try keep(job, as: JSON.bytes(changed), database)
            piece.changed += 1
        }
        return piece
    }

    // What an own request was made of is of no use without its key.
    private func keep(_ job: JobRecord, as bytes: [UInt8], _ database: Database) throws {
        try database.run(
            """
            UPDATE jobs SET user = ?, record = ?, idempotency_key = ?,
                request_digest = CASE WHEN ? THEN request_digest END WHERE number = ?
            """,
            [job.requester.name, Data(bytes), job.scopedKey, job.scopedKey != nil, job.id.number])
        try database.run("UPDATE job_index SET text = ? WHERE number = ?", [job.searchText, job.id.number])
    }

    private func replaceOwners() async throws(StoreError) {
        while true {
            try run.check()
            let first = try await file.read { [run] database in
                try Int.fetchOne(
                    database, sql: "SELECT min(number) FROM archived_jobs WHERE user = ?", arguments: [run.names.name])
            }
            guard let first else { return }
            try await file.commit(for: .administration) { [run] database in
                try database.run(
                    "UPDATE archived_jobs SET user = ? WHERE number BETWEEN ? AND ? AND user = ?",
                    [run.names.pseudonym, first, first &+ Self.numbersAtOnce, run.names.name])
            }
        }
    }
}
