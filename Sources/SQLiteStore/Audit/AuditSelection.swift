import Access
import GRDB

/// The statement that finds the entries of a query, newest first and without sorting.
///
/// A single user, else a single kind, is found by its index; everything else is tested on what comes out. Times are
/// turned into numbers by the span of each block of entries, as numbers follow time except where a clock was set back.
struct AuditSelection {
    /// Members of the event's JSON text; the indexes of the table are made over the same expressions.
    static let user = "json_extract(CAST(event AS TEXT), '$.user')"
    static let kind = "json_extract(CAST(event AS TEXT), '$.event')"
    static let time = "json_extract(CAST(event AS TEXT), '$.time')"

    private var conditions: [String] = []
    private(set) var arguments = StatementArguments()

    /// - Returns: `nil` when nothing can match.
    init?(_ query: AuditQuery, _ database: Database) throws {
        guard let bounds = try Self.bounds(query, database) else { return nil }
        add("seq BETWEEN ? AND ?", [bounds.lowerBound, bounds.upperBound])
        if let since = query.since { add("\(Self.time) >= ?", [since]) }
        if let until = query.until { add("\(Self.time) < ?", [until]) }
        let isDrivenByUser = query.users.count == 1
        add(Self.user, among: query.users, isDriver: isDrivenByUser)
        add(Self.kind, among: query.kinds.map(\.rawValue), isDriver: !isDrivenByUser && query.kinds.count == 1)
    }

    var sql: String {
        """
        SELECT seq, event, prev_hash, hash FROM audit WHERE \(conditions.joined(separator: " AND ")) ORDER BY seq DESC
        """
    }

    private mutating func add(_ condition: String, _ values: [any DatabaseValueConvertible]) {
        conditions.append(condition)
        arguments += StatementArguments(values)
    }

    private mutating func add(_ column: String, among values: [String], isDriver: Bool) {
        if values.isEmpty { return }
        if isDriver { return add("\(column) = ?", values) }
        add("+\(column) IN (\(values.map { _ in "?" }.joined(separator: ", ")))", values)
    }

    private static func bounds(_ query: AuditQuery, _ database: Database) throws -> ClosedRange<Int>? {
        var (low, high) = (1, query.below.map { $0 == .min ? .min : $0 - 1 } ?? .max)
        if query.since != nil || query.until != nil {
            let row = try Row.fetchOne(
                database, sql: "SELECT min(block), max(block) FROM audit_spans WHERE last >= ? AND first < ?",
                arguments: [query.since ?? .min, query.until ?? .max])
            guard let row, let first: Int = try row.at(0), let last: Int = try row.at(1) else { return nil }
            low = max(low, first * Schema.spanLength)
            high = min(high, last * Schema.spanLength + (Schema.spanLength - 1))
        }
        return low <= high ? low...high : nil
    }
}
