import GRDB
package import JobEngine

extension SQLiteStore {
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

    package func jobs(_ query: JobQuery) async throws(StoreError) -> JobPage {
        let log = file.log
        return try await file.read { database in
            guard let selection = try JobSelection(query, database) else { return JobPage(jobs: [], hasMore: false) }
            return try selection.page(database, limit: min(max(query.limit, 1), 1000), log)
        }
    }

    package func job(
        user: String, idempotencyKey: String
    ) async throws(StoreError) -> (id: JobID, digest: String)? {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT node, number, coalesce(request_digest, '') FROM jobs
                    WHERE user = ? AND idempotency_key = ?
                    """)
            return try Row.fetchOne(statement, arguments: [user, idempotencyKey]).map { row in
                (JobID(node: try row.at(0), number: try row.at(1)), try row.at(2))
            }
        }
    }

    package func revision(_ number: Int) async throws(StoreError) -> RevisionRecord? {
        try await file.read { try RevisionTable.record($0, number) }
    }

    package func revisions(below number: Int?, limit: Int) async throws(StoreError) -> [RevisionRecord] {
        try await file.read { try RevisionTable.list($0, below: number, limit: min(max(limit, 1), 1000)) }
    }
}
