import GRDB
import JobEngine
import Values

/// Counts the jobs of a span: one walk over their numbers, from the newest on, and no record is decoded.
struct JobTallyWalk {
    private let query: JobTallyQuery

    init(_ query: JobTallyQuery) {
        self.query = query
    }

    func tally(_ database: Database) throws -> JobTally {
        var counter = JobTally.Counter(query)
        guard let bounds = try bounds(database) else { return counter.finish() }
        var arguments: StatementArguments = [
            bounds.lowerBound, bounds.upperBound, query.earliest.milliseconds, query.span.to.milliseconds,
        ]
        if let requester = query.requester { arguments += [requester] }
        arguments += [query.limit + 1]
        let rows = try Row.fetchCursor(
            database, sql: query.requester == nil ? Self.all : Self.own, arguments: arguments)
        var (count, oldest) = (0, query.span.to)
        var isCut = false
        while let row = try rows.next() {
            if count == query.limit {
                isCut = true
                break
            }
            count += 1
            let submitted = Timestamp(milliseconds: try row.at(0))
            oldest = min(oldest, submitted)
            counter.add(
                submitted: submitted, begun: Self.moment(row, 2), ended: Self.moment(row, 3),
                outcome: String.fromDatabaseValue(row[1]).flatMap { Outcome(rawValue: $0) })
        }
        var tally = counter.finish()
        if isCut, oldest > query.span.from { tally.countedFrom = oldest }
        tally.hasArchived =
            try Bool.fetchOne(
                database, sql: "SELECT EXISTS (SELECT 1 FROM archived_jobs WHERE number BETWEEN ? AND ?)",
                arguments: [bounds.lowerBound, bounds.upperBound]) ?? false
        return tally
    }

    /// The numbers between which all jobs of the span lie; spans of blocks stay when their jobs went to the archive.
    private func bounds(_ database: Database) throws -> ClosedRange<Int>? {
        let row = try Row.fetchOne(
            database, sql: "SELECT min(block), max(block) FROM job_spans WHERE last >= ? AND first < ?",
            arguments: [query.earliest.milliseconds, query.span.to.milliseconds])
        guard let row, let first: Int = try row.at(0), let last: Int = try row.at(1) else { return nil }
        return first * Schema.spanLength...last * Schema.spanLength + (Schema.spanLength - 1)
    }

    private static func moment(_ row: Row, _ index: Int) -> Timestamp? {
        Int.fromDatabaseValue(row[index]).map { Timestamp(milliseconds: $0) }
    }

    private static let all = statement("")
    private static let own = statement("AND +user = ?")

    // What is in a record is read by SQLite; one that is damaged has no times, and counts all the same.
    private static func statement(_ condition: String) -> String {
        """
        SELECT submitted_at, outcome,
            CASE WHEN json_valid(CAST(record AS TEXT)) THEN json_extract(CAST(record AS TEXT), '$.times.scheduled') END,
            CASE WHEN json_valid(CAST(record AS TEXT)) THEN json_extract(CAST(record AS TEXT), '$.ended_at') END
        FROM jobs
        WHERE number BETWEEN ? AND ? AND submitted_at >= ? AND submitted_at < ? \(condition)
        ORDER BY number DESC LIMIT ?
        """
    }
}
