import Access
import ClusterLog
import GRDB
import JobEngine
import Logging
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Puts the state of another node in the place of this one's, inside the caller's savepoint.
struct StateTaking {
    private let head: StateHead
    private let request: StateRequest
    private let database: Database
    private let archives: ArchiveFolder
    private let log: Logger
    /// When logins were used last, as this node knows it.
    private let sessionUses: [Data: Int]
    private let tokenUses: [Data: Int]
    private let lastEnd: Int

    /// Takes away what is replaced.
    ///
    /// - Throws: `malformed` for a head that is no answer, `noPrefix`, and `refused` when this node is somewhere else by now.
    init(
        _ head: StateHead, for request: StateRequest, _ database: Database, archives: ArchiveFolder, log: Logger
    ) throws {
        (self.head, self.request, self.database) = (head, request, database)
        (self.archives, self.log) = (archives, log)
        lastEnd = try Self.check(head, for: request, in: database)
        sessionUses = try Self.uses(database, "SELECT token_hash, last_used_at FROM sessions")
        tokenUses = try Self.uses(
            database, "SELECT secret_hash, last_used_at FROM tokens WHERE last_used_at IS NOT NULL")
        for table in Self.small { try database.run("DELETE FROM \(table)") }
        try database.run("UPDATE log_end SET buckets_listed = 0")
        if case .state = request {
            for table in Self.large { try database.run("DELETE FROM \(table)") }
        } else {
            try database.run("DELETE FROM jobs WHERE done = 0")
        }
    }

    private static let small = [
        "suspended_nodes", "queue_rules", "sessions", "tokens", "login_endings", "session_endings", "login_locks",
        "members", "revision_files", "invitations", "node_certificates", "kept_undos", "bucket_files",
    ]
    // The files of archives stay; what is in them is not known any more.
    private static let large = [
        "acknowledgements", "revisions", "jobs", "job_index", "job_spans", "archived_jobs", "archive_members",
        "past_ranges",
    ]

    /// - Returns: The last end this node keeps.
    private static func check(_ head: StateHead, for request: StateRequest, in database: Database) throws -> Int {
        guard head.end.term.generation == request.generation, head.end.place.index > 0 else {
            throw StateFault.malformed("it is of another generation")
        }
        switch request {
        case .state:
            guard head.form == .state, head.isPrefix else { throw StateFault.malformed("it is of another form") }
            return 0
        case .changes(let marks, _):
            guard head.form == .changes else { throw StateFault.malformed("it is of another form") }
            guard head.isPrefix else { throw StateFault.noPrefix }
            guard try SQLiteStore.applied(database).place == marks.place else {
                throw StateFault.refused("this node is not at entry \(marks.place.index) any more")
            }
            guard head.end.place.index >= marks.place.index else {
                throw StateFault.malformed("it is older than what this node has")
            }
            guard head.jobsBelow.map({ $0 > marks.lastEnd?.count ?? 0 && $0 <= head.ends + 1 }) ?? true,
                head.revisionsBelow.map({ $0 > marks.head?.number ?? 0 }) ?? true
            else { throw StateFault.malformed("it leaves out what it says to have") }
            return marks.lastEnd?.count ?? 0
        case .history: throw StateFault.malformed("it is of another form")
        }
    }

    private static func uses(_ database: Database, _ sql: String) throws -> [Data: Int] {
        let rows = try Row.fetchAll(database, sql: sql).map { (try $0.at(0) as Data, try $0.at(1) as Int) }
        return Dictionary(rows) { first, _ in first }
    }

    // MARK: Rows

    func take(_ row: StateRow) throws {
        switch row {
        case .job(let job): try take(job)
        case .record(let record): try take(record)
        case .loginsEnded(let user, let revision):
            try database.run("INSERT INTO login_endings (user, revision) VALUES (?, ?)", [user, revision])
        case .sessionsEnded(let user, let revision):
            try database.run("INSERT INTO session_endings (user, revision) VALUES (?, ?)", [user, revision])
        case .archived: throw StateFault.malformed("it has a job of an archive")
        }
    }

    private func take(_ job: StoredJob) throws {
        guard let record = job.record, record.isDone == (job.end != nil) else {
            throw StateFault.malformed("a job cannot be read")
        }
        if let end = job.end { try check(end, of: record.id) }
        let prepared = PreparedJob(
            record, digest: job.digest, bytes: Array(job.text.utf8), holdsKey: job.holdsKey)
        try prepared.place(database, end: job.end)
    }

    /// No end is another job's.
    private func check(_ end: Int, of job: JobID) throws {
        let owner = try Int.fetchOne(
            database.cachedStatement(sql: "SELECT number FROM job_index WHERE ended = ?"), arguments: [end])
        guard end > lastEnd - StateGiving.overlap, end > 0, end <= head.ends, owner == nil || owner == job.number else {
            throw StateFault.malformed("job \(job) has an end that is none")
        }
    }

    private func take(_ record: ReplicatedRecord) throws {
        switch record {
        case .engine(.revision), .engine(.acknowledgements), .engine(.suspension), .engine(.rule), .member, .file:
            try ReplicatedWrite([record]).apply(database, archives: archives, log: log)
        case .engine(.undoKept), .invitation, .invitationUsed, .certificateIssued, .certificatesRevoked, .bucketFile,
            .bucketsListed:
            try ReplicatedWrite([record]).apply(database, archives: archives, log: log)
        case .lockSet: try insert(record)
        case .sessionAdded(let session, _):
            try insert(record)
            try keep(
                sessionUses[Data(session.tokenHash)],
                by: "UPDATE sessions SET last_used_at = ? WHERE token_hash = ?", of: Data(session.tokenHash))
        case .tokenAdded(let token, _):
            try insert(record)
            try keep(
                tokenUses[Data(token.secretHash)], by: "UPDATE tokens SET last_used_at = ? WHERE secret_hash = ?",
                of: Data(token.secretHash))
        default: throw StateFault.malformed("it has a record that is no part of a state")
        }
    }

    /// What a record adds, without what it takes away in the log.
    private func insert(_ record: ReplicatedRecord) throws {
        guard let statement = ClusterStatement.all(for: record).last else { return }
        try database.run(statement.sql, statement.arguments)
    }

    private func keep(_ use: Int?, by sql: String, of hash: Data) throws {
        guard let use else { return }
        try database.run(sql, [use, hash])
    }

    // MARK: The end

    /// Makes this node's place that of the state.
    ///
    /// - Throws: `malformed` when the last end is not there, which counts those that come.
    func end() throws {
        let ends = try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL") ?? 0
        guard ends == head.ends else { throw StateFault.malformed("its last end is not there") }
        try database.run("UPDATE counters SET value = ? WHERE name = 'job'", [head.nextNumber])
        let place = head.end.place
        try database.run(
            """
            UPDATE log_end SET generation = ?, epoch = ?, applied = ?, chain = ?, level = ?, master = ?, since = ?
            """,
            [
                head.end.term.generation, head.end.term.epoch, place.index,
                Hex.bytes(place.chain.text).map { Data($0) }, head.level, head.master, head.since?.milliseconds,
            ])
        switch request {
        case .changes(let marks, _):
            try ChainTable.note(place, database)
            if let below = head.jobsBelow {
                let last = marks.lastEnd?.count ?? 0
                try HistoryRest.begin(.jobs, above: last, below: below, asOf: place.index, database)
            }
            if let below = head.revisionsBelow {
                let own = marks.head?.number ?? 0
                try HistoryRest.begin(.revisions, above: own, below: below, asOf: place.index, database)
            }
        case .state, .history:
            try ChainTable.begin(at: place, database)
            try HistoryRest.begin(.jobs, below: head.ends + 1, asOf: place.index, database)
            let revision = try Int.fetchOne(database, sql: "SELECT min(number) FROM revisions") ?? 1
            try HistoryRest.begin(.revisions, below: revision, asOf: place.index, database)
        }
        // What went to the archives of others meanwhile is found by going through theirs.
        try HistoryRest.begin(.archive, below: ReplicatedBatch.largestNumber, asOf: place.index, database)
    }
}
