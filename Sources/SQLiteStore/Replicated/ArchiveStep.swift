import GRDB
import Logging
import Replication

/// Has ended jobs go to the archive in the transaction that applies the order to: the members of all nodes are the same, and so
/// is what is left in their stores.
///
/// A member is on the disk before the transaction is. One that is not committed leaves bytes behind the length of a file, which
/// the next member takes the place of.
struct ArchiveStep {
    private let order: ArchiveOrder
    private let kept: Set<Int>

    init(_ order: ArchiveOrder) {
        self.order = order
        kept = Set(order.kept)
    }

    func apply(_ database: Database, into folder: ArchiveFolder, log: Logger) throws {
        // The last end counts those that come, and the highest number those that are given out: both stay.
        let lastEnd = try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL")
        let lastNumber = try Int.fetchOne(database, sql: "SELECT max(number) FROM jobs")
        guard let lastEnd, let lastNumber else { return }
        var (after, through) = (order.after, min(order.through, lastEnd - 1))
        while after < through {
            var batch = ArchiveBatch()
            let end = try fill(&batch, after: &after, through: through, below: lastNumber, log: log, database)
            if !batch.jobs.isEmpty {
                try ArchiveMember(batch, into: folder, database).perform(database, at: order.at)
            }
            if end { through = after }
        }
    }

    /// Takes jobs as far as there is room for them in one member.
    ///
    /// - Returns: Whether no more are due.
    private func fill(
        _ batch: inout ArchiveBatch, after: inout Int, through: Int, below lastNumber: Int, log: Logger,
        _ database: Database
    ) throws -> Bool {
        let rows = try JobRow.fetchCursor(database, sql: Self.sql, arguments: [after, through, lastNumber])
        while let row = try rows.next(), let end = row.end {
            // What is damaged stays where it can be found, here alone.
            if !kept.contains(row.number), let job = row.record(log), let bytes = row.bytes,
                !batch.add(job, bytes)
            {
                return false
            }
            after = end
        }
        return true
    }

    private static let sql = """
        SELECT entry.number, jobs.record, entry.ended
        FROM job_index AS entry INDEXED BY job_index_by_end CROSS JOIN jobs ON jobs.number = entry.number
        WHERE entry.ended > ? AND entry.ended <= ? AND entry.number < ?
        ORDER BY entry.ended
        """
}
