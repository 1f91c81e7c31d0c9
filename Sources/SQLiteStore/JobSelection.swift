import GRDB
import JobEngine
import Logging

/// The statement that finds the jobs of a query, newest first, by one index and without sorting.
///
/// One filter drives: for each of its values the index yields jobs in the order of their numbers, and SQLite merges
/// these. The other filters are tested on what comes out.
struct JobSelection {
    private struct Driver {
        let column: String
        let index: String
        let values: [String]
    }

    private(set) var sql = ""
    private(set) var arguments = StatementArguments()
    private var count = 0

    /// - Returns: `nil` when nothing can match.
    init?(_ query: JobQuery, _ database: Database) throws {
        guard let types = try Self.names(query.types, database) else { return nil }
        var bounds = (low: 0, high: Int.max)
        if let below = query.below { bounds.high = min(bounds.high, below == .min ? .min : below - 1) }
        if let upTo = query.upTo { bounds.high = min(bounds.high, upTo) }
        guard try Self.narrow(&bounds, query, database), bounds.low <= bounds.high else { return nil }

        var conditions = ["number BETWEEN \(place(bounds.low)) AND \(place(bounds.high))"]
        let filters = [
            ("type", types), ("user", query.users), ("outcome", query.outcomes.map(\.rawValue)),
            ("stage", query.stages.map(\.rawValue)), ("mode", query.mode.map { [$0.rawValue] } ?? []),
        ]
        let driver = Self.driver(query, types: types)
        for (column, allowed) in filters where !allowed.isEmpty && column != driver?.column {
            conditions.append("+\(column) IN (\(allowed.map { place($0) }.joined(separator: ", ")))")
        }
        if let after = query.submittedAfter {
            conditions.append("submitted_at > \(place(after.milliseconds))")
        }
        if let before = query.submittedBefore {
            conditions.append("submitted_at < \(place(before.milliseconds))")
        }
        if query.isDone == true { conditions.append("+done = 1") }
        compose(driver, query.isDone, conditions.joined(separator: " AND "))
    }

    /// Reads until the page is full; what cannot be decoded does not count.
    func page(_ database: Database, limit: Int, _ log: Logger) throws -> JobPage {
        let rows = try JobRow.fetchCursor(database, sql: sql, arguments: arguments)
        var page = JobPage(jobs: [], hasMore: false)
        while let row = try rows.next() {
            guard let record = row.record(log) else { continue }
            guard page.jobs.count < limit else {
                page.hasMore = true
                break
            }
            page.jobs.append(record)
        }
        return page
    }

    // Named, so that all branches of the statement share one set of values.
    private mutating func place(_ value: some DatabaseValueConvertible & Sendable) -> String {
        let name = "v\(count)"
        count += 1
        arguments += [name: value]
        return ":\(name)"
    }

    private mutating func compose(_ driver: Driver?, _ isDone: Bool?, _ conditions: String) {
        let columns = "SELECT number, record FROM jobs"
        switch (isDone, driver) {
        case (false, _):
            sql = "\(columns) INDEXED BY jobs_open WHERE done = 0 AND \(conditions)"
        case (_, nil):
            sql = "\(columns) WHERE \(conditions)"
        case (_, let driver?):
            let branch = "\(columns) INDEXED BY \(driver.index) WHERE \(conditions) AND \(driver.column) = "
            sql = driver.values.map { branch + place($0) }.joined(separator: " UNION ALL ")
        }
        sql += " ORDER BY number DESC"
    }

    // An outcome other than success is rare, a user rarer than a type; beyond so many values a scan is as good.
    private static func driver(_ query: JobQuery, types: [String]) -> Driver? {
        guard query.isDone != false else { return nil }
        let outcomes = Driver(
            column: "outcome", index: "jobs_by_outcome", values: Set(query.outcomes.map(\.rawValue)).sorted())
        if !query.outcomes.isEmpty, !query.outcomes.contains(.ok) { return outcomes }
        return [
            Driver(column: "user", index: "jobs_by_user", values: Set(query.users).sorted()),
            Driver(column: "type", index: "jobs_by_type", values: Set(types).sorted()),
            outcomes,
        ].first { (1...200).contains($0.values.count) }
    }

    /// The stored types the patterns name: empty for no restriction, `nil` when a restriction matches nothing.
    private static func names(_ patterns: [String], _ database: Database) throws -> [String]? {
        guard !patterns.isEmpty, !patterns.contains("*") else { return [] }
        var names = Set(patterns.filter { !$0.hasSuffix("*") })
        for pattern in patterns where pattern.hasSuffix("*") {
            names.formUnion(try stored(prefix: String(pattern.dropLast()), database))
        }
        return names.isEmpty ? nil : names.sorted()
    }

    // Each step is one look into the index, however many jobs a type has.
    private static func stored(prefix: String, _ database: Database) throws -> [String] {
        var found: [String] = []
        let next = try database.cachedStatement(sql: "SELECT min(type) FROM jobs WHERE type > ?")
        var name = try String.fetchOne(
            database, sql: "SELECT min(type) FROM jobs WHERE type >= ?", arguments: [prefix])
        while let match = name, match.utf8.starts(with: prefix.utf8) {
            found.append(match)
            name = try String.fetchOne(next, arguments: [match])
        }
        return found
    }

    /// Narrows the numbers to those blocks whose span of times meets the asked one; false when none does.
    private static func narrow(
        _ bounds: inout (low: Int, high: Int), _ query: JobQuery, _ database: Database
    ) throws -> Bool {
        guard query.submittedAfter != nil || query.submittedBefore != nil else { return true }
        let row = try Row.fetchOne(
            database, sql: "SELECT min(block), max(block) FROM job_spans WHERE last > ? AND first < ?",
            arguments: [query.submittedAfter?.milliseconds ?? .min, query.submittedBefore?.milliseconds ?? .max])
        guard let row, let first: Int = try row.at(0), let last: Int = try row.at(1) else { return false }
        bounds.low = max(bounds.low, first * Schema.spanLength)
        bounds.high = min(bounds.high, last * Schema.spanLength + (Schema.spanLength - 1))
        return true
    }
}
