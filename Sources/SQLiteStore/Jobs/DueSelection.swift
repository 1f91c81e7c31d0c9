import GRDB
import JobEngine
import Logging
import Values

/// The next of the jobs that are to go to the archive: of one month, and so few that neither reading nor deleting them
/// holds anybody up.
struct DueSelection: Sendable {
    /// Those that go.
    private(set) var batch = ArchiveBatch()
    /// The numbers of those that were looked at and stay: they are needed, or damaged and stay where they can be found.
    private(set) var kept: [Int] = []
    /// The last end that was looked at.
    private(set) var through: Int
    /// The end to go on behind, `nil` when everything was looked at that is due.
    private(set) var next: Int?

    // Those that are needed are looked at again in each run.
    private static let mostLooks = 1024

    init(_ due: DueJobs, in database: Database, log: Logger) throws {
        through = due.after
        let last = try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL") ?? 0
        let rows = try JobRow.fetchCursor(database, sql: Self.sql, arguments: [due.after, last])
        let surplus = try due.bytes.map { try database.usedBytes() - $0 } ?? 0
        var looks = 0
        while let row = try rows.next(), let end = row.end {
            if let job = row.record(log), let bytes = row.bytes {
                guard batch.lines.count < surplus || job.isDue(due, end: end, of: last) else { break }
                if due.isNeeded(job) { kept.append(row.number) } else if !batch.add(job, bytes) { return }
            } else {
                kept.append(row.number)
            }
            through = end
            next = end
            looks += 1
            if looks == Self.mostLooks { return }
        }
        next = nil
    }

    // The last end counts those that come, and the highest number those that are given out: both stay.
    private static let sql = """
        SELECT entry.number, jobs.record, entry.ended
        FROM job_index AS entry INDEXED BY job_index_by_end CROSS JOIN jobs ON jobs.number = entry.number
        WHERE entry.ended > ? AND entry.ended < ? AND entry.number < (SELECT max(number) FROM jobs)
        ORDER BY entry.ended
        """
}

extension JobRecord {
    fileprivate func isDue(_ due: DueJobs, end: Int, of last: Int) -> Bool {
        if let count = due.count, end <= last - count { return true }
        guard let limit = due.endedBefore, let endedAt else { return false }
        return endedAt < limit
    }
}
