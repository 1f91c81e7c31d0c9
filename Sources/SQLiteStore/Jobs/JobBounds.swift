import GRDB
import JobEngine
import Values

/// The numbers between which all jobs of a query lie.
struct JobBounds {
    private(set) var low = 0
    private(set) var high: Int

    /// - Returns: `nil` when there is none.
    init?(_ query: JobQuery, of snapshot: JobSnapshot, in database: Database) throws {
        high = snapshot.number
        if let below = query.below { high = min(high, below == .min ? .min : below - 1) }
        guard try narrow(query, database), low <= high else { return nil }
    }

    /// Narrows the numbers to those blocks whose span of times meets the asked one; false when none does.
    private mutating func narrow(_ query: JobQuery, _ database: Database) throws -> Bool {
        guard query.submittedAfter != nil || query.submittedBefore != nil else { return true }
        let row = try Row.fetchOne(
            database, sql: "SELECT min(block), max(block) FROM job_spans WHERE last > ? AND first < ?",
            arguments: [query.submittedAfter?.milliseconds ?? .min, query.submittedBefore?.milliseconds ?? .max])
        guard let row, let first: Int = try row.at(0), let last: Int = try row.at(1) else { return false }
        low = max(low, first * Schema.spanLength)
        high = min(high, last * Schema.spanLength + (Schema.spanLength - 1))
        return true
    }
}
