import GRDB
package import JobEngine

/// The store of one node, kept in its database file.
///
/// Changes of many callers share one flush; reads see the last commit and never wait for a change.
package struct SQLiteStore: Store {
    let file: SQLiteFile

    /// The store in an open file.
    package init(_ file: SQLiteFile) {
        self.file = file
    }

    /// Reads the newest revision, jobs that have not ended and suspended nodes; a damaged job is left out and logged.
    ///
    /// - Throws: `unavailable`.
    package func open() async throws(StoreError) -> StoreContents {
        let log = file.log
        return try await file.read { database in
            let rows = try JobRow.fetchAll(
                database, sql: "SELECT number, record FROM jobs INDEXED BY jobs_open WHERE done = 0 ORDER BY number")
            var contents = StoreContents(
                head: try RevisionTable.head(database).flatMap { try RevisionTable.record(database, $0) },
                openJobs: rows.compactMap { $0.record(log) },
                suspendedNodes: try Set(Int.fetchAll(database, sql: "SELECT node FROM suspended_nodes")))
            contents.rules = try RuleRow.all(database, log)
            return contents
        }
    }

    /// At most 1,000,000 at once. Numbers of jobs that were taken over from another node are skipped.
    ///
    /// - Throws: `unavailable`, also for another count.
    package func reserveJobNumbers(_ count: Int) async throws(StoreError) -> Range<Int> {
        guard (1...Self.largestBlock).contains(count) else {
            throw .unavailable("\(count) job numbers were asked for; 1 to \(Self.largestBlock) go at once")
        }
        return try await file.commit { database in
            // Jobs that were taken over from another node may be ahead of the counter.
            let statement = try database.cachedStatement(
                sql: """
                    UPDATE counters SET value = max(value, coalesce((SELECT max(number) FROM jobs), 0) + 1) + ?
                    WHERE name = 'job' RETURNING value
                    """)
            guard let end = try Int.fetchOne(statement, arguments: [count]), end > count else {
                throw StoreError.unavailable("the counter of job numbers is missing or used up")
            }
            return end - count..<end
        }
    }

    /// On the disk on return; shares its flush with whatever else waits.
    ///
    /// - Throws: `headMoved`, `keyTaken` or `unavailable`; nothing of the change is kept then, others are not touched.
    package func apply(_ write: StoreWrite) async throws(StoreError) {
        // Encoding is the dearest part, so it is done here, by each caller for himself, not by the one writer.
        let prepared = PreparedWrite(write)
        try await file.commit { try prepared.perform($0) }
    }

    private static let largestBlock = 1_000_000
}
