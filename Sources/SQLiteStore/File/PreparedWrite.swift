import GRDB
import JobEngine
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A change in the form in which the database takes it, so that nothing is left to encode while the writer is held.
struct PreparedWrite: Sendable {
    private struct Job: Sendable {
        let id: JobID
        let user: String
        let idempotencyKey: String?
        let arguments: StatementArguments
        let isDone: Bool
        let searchText: String
    }

    private let jobs: [Job]
    private let digests: [(JobID, String)]
    private let revisions: [RevisionRecord]
    private let expectedHead: Int?
    private let acknowledgements: [(Int, [Acknowledgement])]
    private let suspensions: [(Int, Bool)]
    private let rules: [(Int, Data)]
    private let removedRules: [Int]
    private let endedLogins: EndedLogins
    private let lastNumber: Int?
    private let guardsKeys: Bool

    /// - Parameter guardsKeys: Whether a change is refused whose idempotency key belongs to another job. What was appended
    ///   to the log is never refused: its key moves to it.
    init(_ write: StoreWrite, guardsKeys: Bool = true) {
        self.guardsKeys = guardsKeys
        lastNumber = write.lastNumber
        jobs = write.jobs.map { Self.prepare($0, digest: write.requestDigests[$0.id]) }
        let ids = Set(write.jobs.map(\.id))
        digests = write.requestDigests.filter { !ids.contains($0.key) }.map { ($0.key, $0.value) }
        revisions = write.revisions
        expectedHead = write.expectedHead
        acknowledgements = write.acknowledgements.map { ($0.key, $0.value) }
        suspensions = write.suspensions.map { ($0.key, $0.value) }
        rules = write.rules.map { ($0.number, Data(JSON.bytes($0.value))) }
        removedRules = write.removedRules
        endedLogins = write.endedLogins
    }

    /// Makes the change inside the caller's savepoint; whatever it throws has to undo all of it.
    func perform(_ database: Database) throws {
        try RevisionTable.insert(database, revisions, expectedHead: expectedHead)
        for job in jobs { try keep(job, database) }
        for (id, digest) in digests {
            try database.run(
                "UPDATE jobs SET request_digest = ? WHERE number = ? AND node = ?", [digest, id.number, id.node])
        }
        for (number, nodes) in acknowledgements {
            try RevisionTable.replaceAcknowledgements(database, of: number, with: nodes)
        }
        for (node, isSuspended) in suspensions {
            let change =
                isSuspended
                ? "INSERT OR IGNORE INTO suspended_nodes (node) VALUES (?)"
                : "DELETE FROM suspended_nodes WHERE node = ?"
            try database.run(change, [node])
        }
        for (number, bytes) in rules {
            try database.run("INSERT OR REPLACE INTO queue_rules (number, rule) VALUES (?, ?)", [number, bytes])
        }
        if let newest = revisions.last {
            try LoginEndings.note(endedLogins, with: newest.number, database)
        }
        for number in removedRules { try database.run("DELETE FROM queue_rules WHERE number = ?", [number]) }
        if let lastNumber {
            try database.run("UPDATE counters SET value = max(value, ?) WHERE name = 'job'", [lastNumber + 1])
        }
    }

    private static func prepare(_ record: JobRecord, digest: String?) -> Job {
        let submitted = record.times[.submitted]?.milliseconds ?? 0
        return Job(
            id: record.id, user: record.requester.name, idempotencyKey: record.scopedKey,
            arguments: [
                record.id.number, record.id.node, record.type, record.mode.rawValue, record.requester.name, submitted,
                record.stage.rawValue, record.outcome?.rawValue, record.isDone, record.revision,
                record.scopedKey, digest, Data(JSON.bytes(record.value)),
            ], isDone: record.isDone, searchText: record.searchText)
    }

    private func keep(_ job: Job, _ database: Database) throws {
        try guardKey(of: job, database)
        try database.run(
            """
            INSERT INTO jobs (number, node, type, mode, user, submitted_at, stage, outcome, done, revision,
                idempotency_key, request_digest, record)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (number) DO UPDATE SET stage = excluded.stage, outcome = excluded.outcome, done = excluded.done,
                revision = excluded.revision, idempotency_key = excluded.idempotency_key,
                request_digest = coalesce(excluded.request_digest, jobs.request_digest), record = excluded.record
            WHERE node = excluded.node
            """, job.arguments)
        guard database.changesCount == 1 else {
            throw StoreError.unavailable("the number of job \(job.id) belongs to a job of another node")
        }
        try database.run(job.isDone ? Self.indexEnded : Self.indexOpen, [job.id.number, job.searchText])
    }

    private static let indexOpen = """
        INSERT INTO job_index (number, text) VALUES (?, ?)
        ON CONFLICT (number) DO UPDATE SET text = excluded.text WHERE text <> excluded.text
        """

    // Ends are counted in the order in which they are stored: no clock has to be trusted for what came first.
    private static let indexEnded = """
        INSERT INTO job_index (number, text, ended)
        VALUES (?, ?, (SELECT coalesce(max(ended), 0) + 1 FROM job_index WHERE ended IS NOT NULL))
        ON CONFLICT (number) DO UPDATE SET ended = excluded.ended WHERE ended IS NULL
        """

    private func guardKey(of job: Job, _ database: Database) throws {
        guard let key = job.idempotencyKey else { return }
        let statement = try database.cachedStatement(
            sql: "SELECT node, number FROM jobs WHERE user = ? AND idempotency_key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [job.user, key]) else { return }
        let owner = JobID(node: try row.at(0), number: try row.at(1))
        if owner == job.id { return }
        guard !guardsKeys else { throw StoreError.keyTaken(owner) }
        try database.run("UPDATE jobs SET idempotency_key = NULL WHERE number = ?", [owner.number])
    }
}
