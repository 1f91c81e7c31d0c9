import GRDB
package import JobEngine

/// The store of one node, kept in its database file.
///
/// Changes of many callers share one flush; reads see the last commit and never wait for a change.
package struct SQLiteStore: StateStore {
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
            contents.keptUndos = try KeptUndoRow.all(database, log)
            contents.nextNumber = try Self.nextNumber(database)
            return contents
        }
    }

    /// On the disk on return; shares its flush with whatever else waits.
    ///
    /// - Throws: `headMoved`, `keyTaken` or `unavailable`; nothing of the change is kept then, others are not touched.
    package func apply(_ write: StoreWrite) async throws(StoreError) {
        // Encoding is the dearest part, so each caller does it here for its own write; the one writer does not.
        let prepared = PreparedWrite(write)
        try await file.commit(for: write.isAdministration ? .administration : .ordinary) { database in
            try prepared.check(database)
            try prepared.apply(database)
            try Self.skip(database)
        }
    }

    // Jobs that are stored, and those that went to the archive, may be ahead of what was reserved.
    static func nextNumber(_ database: Database) throws -> Int {
        let number = try Int.fetchOne(
            database,
            sql: """
                SELECT max(value, coalesce((SELECT max(number) FROM jobs), 0) + 1,
                    coalesce((SELECT max(number) FROM archived_jobs), 0) + 1)
                FROM counters WHERE name = 'job'
                """)
        guard let number else { throw StoreError.unavailable("the counter of job numbers is missing") }
        return number
    }
}
