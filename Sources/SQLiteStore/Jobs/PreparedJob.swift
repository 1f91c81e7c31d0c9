import GRDB
import JobEngine
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A job in the form in which the database takes it.
struct PreparedJob: Sendable {
    let id: JobID
    private let user: String
    private let idempotencyKey: String?
    private let arguments: StatementArguments
    private let isDone: Bool
    private let searchText: String

    /// - Parameters:
    ///   - bytes: The record as another node has stored it; by default as this version writes it.
    ///   - holdsKey: Whether its key stands for it.
    init(_ record: JobRecord, digest: String?, bytes: [UInt8]? = nil, holdsKey: Bool = true) {
        self.init(ReplicatedJob(record, digest: digest, bytes: bytes), holdsKey: holdsKey)
    }

    /// A job whose bytes are stored as they are.
    init(_ job: ReplicatedJob, holdsKey: Bool = true) {
        id = job.id
        user = job.user
        idempotencyKey = holdsKey ? job.key : nil
        arguments = [
            job.id.number, job.id.node, job.type, job.mode.rawValue, job.user, job.submittedAt.milliseconds,
            job.stage.rawValue, job.outcome?.rawValue, job.isDone, job.revision, idempotencyKey, job.digest,
            Data(job.bytes),
        ]
        isDone = job.isDone
        searchText = job.searchText
    }

    /// Its key, as the store knows it.
    var key: IdempotencyKey? { idempotencyKey.map { IdempotencyKey(user: user, text: $0) } }

    /// Another job that has its key.
    func rival(_ database: Database) throws -> JobID? {
        guard let key = idempotencyKey else { return nil }
        let statement = try database.cachedStatement(
            sql: "SELECT node, number FROM jobs WHERE user = ? AND idempotency_key = ?")
        guard let row = try Row.fetchOne(statement, arguments: [user, key]) else { return nil }
        let owner = JobID(node: try row.at(0), number: try row.at(1))
        return owner == id ? nil : owner
    }

    /// Stores it as it stands now; a key another job still has moves to it.
    ///
    /// - Returns: False when its number belongs to a job of another node, and nothing but the key was changed.
    func keep(_ database: Database) throws -> Bool {
        if let rival = try rival(database) {
            try database.run("UPDATE jobs SET idempotency_key = NULL WHERE number = ?", [rival.number])
        }
        try database.run(
            """
            \(Self.inserting)
            ON CONFLICT (number) DO UPDATE SET stage = excluded.stage, outcome = excluded.outcome, done = excluded.done,
                revision = excluded.revision, idempotency_key = excluded.idempotency_key,
                request_digest = coalesce(excluded.request_digest, jobs.request_digest), record = excluded.record
            WHERE node = excluded.node
            """, arguments)
        guard database.changesCount == 1 else { return false }
        try database.run(isDone ? Self.indexEnded : Self.indexOpen, [id.number, searchText])
        return true
    }

    /// Stores it as another node has it, in the place of what has its number: as an end that was counted there.
    func place(_ database: Database, end: Int?) throws {
        if let rival = try rival(database) {
            try database.run("UPDATE jobs SET idempotency_key = NULL WHERE number = ?", [rival.number])
        }
        try database.run("DELETE FROM jobs WHERE number = ?", [id.number])
        try database.run(Self.inserting, arguments)
        try database.run("INSERT INTO job_index (number, text, ended) VALUES (?, ?, ?)", [id.number, searchText, end])
    }

    private static let inserting = """
        INSERT INTO jobs (number, node, type, mode, user, submitted_at, stage, outcome, done, revision,
            idempotency_key, request_digest, record)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        """

    private static let indexOpen = """
        INSERT INTO job_index (number, text) VALUES (?, ?)
        ON CONFLICT (number) DO UPDATE SET text = excluded.text WHERE text <> excluded.text
        """

    // Ends are counted in the order in which they are stored: no clock has to be trusted for what came first.
    private static let indexEnded = """
        INSERT INTO job_index (number, text, ended)
        VALUES (?, ?, (SELECT coalesce(max(ended), 0) + 1 FROM job_index WHERE ended IS NOT NULL))
        ON CONFLICT (number) DO UPDATE SET ended = coalesce(ended, excluded.ended), text = excluded.text
        WHERE ended IS NULL OR text <> excluded.text
        """
}
