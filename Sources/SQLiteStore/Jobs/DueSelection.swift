import GRDB
import JobEngine
import Logging
import Values

/// The next of the jobs that are to go to the archive: of one month, and so few that neither reading nor deleting them
/// holds anybody up.
struct DueSelection: Sendable {
    private(set) var jobs: [JobRecord] = []
    /// The month in which they ended, as in `2026-11`.
    private(set) var month = ""
    /// Their records, one a line.
    private(set) var lines: [UInt8] = []
    /// The end to go on behind, `nil` when everything was looked at that is due.
    private(set) var next: Int?

    private static let mostJobs = 256
    private static let mostBytes = 8 << 20
    // Those that are needed are looked at again in each run.
    private static let mostLooks = 1024

    init(_ due: DueJobs, in database: Database, log: Logger) throws {
        let last = try Int.fetchOne(database, sql: "SELECT max(ended) FROM job_index WHERE ended IS NOT NULL") ?? 0
        let rows = try JobRow.fetchCursor(database, sql: Self.sql, arguments: [due.after, last])
        let surplus = try due.bytes.map { try database.usedBytes() - $0 } ?? 0
        var looks = 0
        while let row = try rows.next(), let end = row.end {
            // What is damaged stays where it can be found.
            if let job = row.record(log), let bytes = row.bytes {
                guard lines.count < surplus || job.isDue(due, end: end, of: last) else { break }
                if !due.isNeeded(job), !add(job, bytes) { return }
            }
            next = end
            looks += 1
            if looks == Self.mostLooks { return }
        }
        next = nil
    }

    /// - Returns: Whether there was room for it.
    private mutating func add(_ job: JobRecord, _ bytes: some Sequence<UInt8>) -> Bool {
        let month = String((job.endedAt ?? Timestamp(milliseconds: 0)).description.prefix(7))
        guard jobs.count < Self.mostJobs, lines.count < Self.mostBytes, jobs.isEmpty || month == self.month else {
            return false
        }
        self.month = month
        jobs.append(job)
        lines += bytes
        lines.append(UInt8(ascii: "\n"))
        return true
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
