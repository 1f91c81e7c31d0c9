import GRDB
package import JobEngine
package import Replication

extension SQLiteStore: ReplicatedTables {
    /// - Throws: `unavailable`.
    package func members() async throws(StoreError) -> [ReplicatedMember] {
        try await file.read { database in
            try Row.fetchAll(database, sql: "SELECT \(ClusterRow.memberColumns) FROM members ORDER BY node")
                .map(ClusterRow.member)
        }
    }

    /// - Throws: `unavailable`.
    package func files() async throws(StoreError) -> [ReplicatedFile] {
        try await file.read { database in
            try Row.fetchAll(database, sql: "SELECT \(ClusterRow.fileColumns) FROM revision_files ORDER BY path")
                .compactMap(ClusterRow.file)
        }
    }

    /// - Throws: `unavailable`.
    package func locks() async throws(StoreError) -> [ReplicatedLock] {
        try await file.read { database in
            try Row.fetchAll(database, sql: "SELECT \(ClusterRow.lockColumns) FROM login_locks ORDER BY id")
                .compactMap(ClusterRow.lock)
        }
    }

    /// - Throws: `unavailable`.
    package func level() async throws(StoreError) -> Int {
        try await file.read { try Int.fetchOne($0, sql: "SELECT level FROM log_end") ?? 1 }
    }

    /// At most 256 jobs of one month, after a look at 1,024 at most.
    ///
    /// - Throws: `unavailable`.
    package func archiveOrder(for due: DueJobs) async throws(StoreError) -> PlannedArchive {
        let log = file.log
        let selection = try await file.read { try DueSelection(due, in: $0, log: log) }
        let order = ArchiveOrder(after: due.after, through: selection.through, kept: selection.kept, at: due.now)
        return PlannedArchive(selection.batch.jobs.isEmpty ? nil : order, ArchivedBatch(selection))
    }

    /// Reads each row once, as all tables were at one moment; changes go on meanwhile. Memory stays the same.
    ///
    /// - Throws: `unavailable`.
    package func dump() async throws(StoreError) -> ReplicatedDump {
        try await file.read { database in
            ReplicatedDump(
                at: try Self.applied(database), tables: try TableDigest.all.map { try $0.table(database) },
                lacksPast: try HistoryRest.next(database) != nil)
        }
    }
}
