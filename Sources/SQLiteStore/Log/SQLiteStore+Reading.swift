import GRDB
package import JobEngine
import Values

extension SQLiteStore {
    /// The job as last stored; `nil` also when its number belongs to another node's job.
    ///
    /// - Throws: `unavailable`, also for a record that is damaged.
    package func job(_ id: JobID) async throws(StoreError) -> JobRecord? {
        let log = file.log
        return try await file.read { database in
            let statement = try database.cachedStatement(
                sql: "SELECT number, record FROM jobs WHERE number = ? AND node = ?")
            guard let row = try JobRow.fetchOne(statement, arguments: [id.number, id.node]) else { return nil }
            guard let record = row.record(log) else {
                throw StoreError.unavailable("the stored record of job \(id) is damaged")
            }
            return record
        }
    }

    /// A limit below 1 or above 1000 is brought into these bounds. Damaged records are left out and logged.
    ///
    /// - Throws: `unavailable`.
    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        let log = file.log
        return try await file.read { database in
            try JobWalk(query, database).page(database, log)
        }
    }

    /// Damaged records count without their times.
    ///
    /// - Throws: `unavailable`.
    package func tally(_ query: JobTallyQuery) async throws(StoreError) -> JobTally {
        try await file.read { try JobTallyWalk(query).tally($0) }
    }

    /// The digest is empty for a job that was stored without one.
    ///
    /// - Throws: `unavailable`.
    package func jobs(
        with keys: Set<IdempotencyKey>
    ) async throws(StoreError) -> [IdempotencyKey: (id: JobID, digest: String)] {
        if keys.isEmpty { return [:] }
        return try await file.read { database in
            let values = keys.map { _ in "(?, ?)" }.joined(separator: ", ")
            let statement = try database.cachedStatement(
                sql: """
                    WITH wanted (user, text) AS (VALUES \(values))
                    SELECT jobs.user, jobs.idempotency_key, node, number, coalesce(request_digest, '')
                    FROM wanted CROSS JOIN jobs INDEXED BY jobs_by_key
                    ON jobs.user = wanted.user AND jobs.idempotency_key = wanted.text
                    """)
            let rows = try Row.fetchCursor(
                statement, arguments: StatementArguments(keys.flatMap { [$0.user, $0.text] }))
            var found: [IdempotencyKey: (id: JobID, digest: String)] = [:]
            while let row = try rows.next() {
                let key = IdempotencyKey(user: try row.at(0), text: try row.at(1))
                found[key] = (JobID(node: try row.at(2), number: try row.at(3)), try row.at(4))
            }
            return found
        }
    }

    /// With its whole text and the nodes that have it.
    ///
    /// - Throws: `unavailable`.
    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        try await file.read { try RevisionTable.record($0, number) }
    }

    /// From the newest on when `number` is `nil`. A limit below 1 or above 1000 is brought into these bounds.
    ///
    /// - Throws: `unavailable`.
    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await file.read { try RevisionTable.list($0, below: number, limit: min(max(limit, 1), 1000)) }
    }
}
