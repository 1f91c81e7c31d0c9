import ClusterLog
import GRDB
import JobEngine
import Replication
import Values

/// What a store that was set aside has and the state in its place has not, as far as that can be said at once: the past of
/// the new state is not here yet, so only the newest ends are compared.
struct DivergenceReport {
    static let name = "diverged.json"
    private static let newest = 500
    private let value: Value

    /// As a person and a program can read it.
    var bytes: [UInt8] { JSON.bytes(value) }

    init(_ former: Database, against database: Database) throws {
        let (old, new) = (try SQLiteStore.applied(former), try SQLiteStore.applied(database))
        let jobs = try Row.fetchAll(
            former,
            sql: """
                SELECT jobs.number, jobs.node, jobs.type, jobs.user, jobs.submitted_at, jobs.stage, jobs.outcome,
                    jobs.record, jobs.revision
                FROM jobs JOIN job_index AS entry ON entry.number = jobs.number
                WHERE jobs.done = 0 OR entry.ended > (SELECT max(ended) - ? FROM job_index)
                ORDER BY jobs.number
                """, arguments: [Self.newest]
        ).compactMap { try Self.job($0, database) }
        let revisions = try Row.fetchAll(
            former, sql: "SELECT number, sha256, user, reason, at, job FROM revisions ORDER BY number"
        ).compactMap { try Self.revision($0, database) }
        value = [
            "set_aside": Self.place(old), "replaced_by": Self.place(new), "jobs": .list(jobs),
            "revisions": .list(revisions),
            "note": .string(
                "Jobs are those that were open or among the \(Self.newest) that ended last, and are not in the state of the "
                    + "cluster as they stand here. The store beside this file has all of them, and the revisions' texts."
            ),
        ]
    }

    private static func place(_ entry: AppliedEntry) -> Value {
        [
            "generation": .int(entry.term.generation), "entry": .int(entry.place.index),
            "chain": .string(entry.place.chain.text),
        ]
    }

    /// `nil` for a job that is here as it is there.
    private static func job(_ row: Row, _ database: Database) throws -> Value? {
        let (number, node): (Int, Int) = (try row.at(0), try row.at(1))
        let isHere = try database.cachedStatement(
            sql: "SELECT 1 FROM jobs WHERE number = ? AND node = ? AND record = ?")
        if try Int.fetchOne(isHere, arguments: [number, node, row[7] as DatabaseValue]) != nil { return nil }
        let (outcome, revision): (String?, Int?) = (try row.at(6), try row.at(8))
        return .members([
            "job_id": .string(JobID(node: node, number: number).description), "type": .string(try row.at(2)),
            "user": .string(try row.at(3)), "submitted_at": .int(try row.at(4)), "stage": .string(try row.at(5)),
            "outcome": outcome.map(Value.string), "revision": revision.map(Value.int),
        ])
    }

    /// `nil` for a revision that is here as it is there, or older than those of the new state.
    private static func revision(_ row: Row, _ database: Database) throws -> Value? {
        let (number, sha256): (Int, String) = (try row.at(0), try row.at(1))
        let oldest = try Int.fetchOne(database.cachedStatement(sql: "SELECT min(number) FROM revisions")) ?? 0
        if number < oldest { return nil }
        let own = try database.cachedStatement(sql: "SELECT sha256 FROM revisions WHERE number = ?")
        if try String.fetchOne(own, arguments: [number]) == sha256 { return nil }
        let (reason, job): (String?, String?) = (try row.at(3), try row.at(5))
        return .members([
            "number": .int(number), "sha256": .string(sha256), "user": .string(try row.at(2)),
            "reason": reason.map(Value.string), "at": .int(try row.at(4)), "job": job.map(Value.string),
        ])
    }
}
