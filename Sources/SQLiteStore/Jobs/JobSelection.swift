import GRDB
import JobEngine
import Values

/// The statement that finds the jobs of a query in their order, by one index and, unless open jobs are sorted by type,
/// without sorting.
///
/// One filter drives: for each of its values the index yields jobs in the order of their numbers, and SQLite merges
/// these. The other filters are tested on what comes out.
struct JobSelection {
    /// Which of the jobs, as they were at the moment of the snapshot.
    enum Part {
        case all, open, ended
    }

    /// Where rows come from, and what picks them there.
    private struct Source {
        let from: String
        var condition: String?
        /// Whether `job_index` is part of it, as `entry`.
        var hasEntry = false
    }

    private struct Driver {
        let column: String
        let index: String
        let values: [String]
    }

    /// Number, record, the count of the end in a list by ends, and type.
    private(set) var sql = ""
    /// Tells how many there are.
    private(set) var counting = ""
    private(set) var arguments = StatementArguments()
    private let query: JobQuery
    private let part: Part
    private let snapshot: JobSnapshot
    private var conditions: [String] = []
    private var count = 0

    /// - Returns: `nil` when nothing can match.
    init?(_ query: JobQuery, part: Part, of snapshot: JobSnapshot, in database: Database) throws {
        self.query = query
        self.part = part
        self.snapshot = snapshot
        if part == .open, query.isDone == true || !query.outcomes.isEmpty { return nil }
        if part == .ended, query.isDone == false { return nil }
        guard let types = try Self.names(query.types, of: "type", in: database),
            let users = try Self.names(query.users, of: "user", in: database),
            let bounds = try JobBounds(query, of: snapshot, in: database)
        else { return nil }
        conditions = ["jobs.number BETWEEN \(place(bounds.low)) AND \(place(bounds.high))"]
        let driver = driver(types, users)
        addFilters(types: types, users: users, driver: driver)
        addExclusions()
        addState()
        addPlace()
        let sources = sources(driver)
        let pattern = query.text.map { place("%\(Self.escaped($0))%") }
        compose(sources, pattern)
    }

    // Named, so that all branches of the statement share one set of values.
    private mutating func place(_ value: some DatabaseValueConvertible & Sendable) -> String {
        let name = "v\(count)"
        count += 1
        arguments += [name: value]
        return ":\(name)"
    }

    // MARK: Conditions

    private mutating func addFilters(types: [String], users: [String], driver: Driver?) {
        let filters = [
            ("type", types), ("user", users), ("user", query.requester.map { [$0] } ?? []),
            ("outcome", query.outcomes.map(\.rawValue)), ("stage", query.stages.map(\.rawValue)),
            ("mode", query.mode.map { [$0.rawValue] } ?? []),
        ]
        for (column, allowed) in filters
        where !allowed.isEmpty && !(column == driver?.column && Set(allowed) == Set(driver?.values ?? [])) {
            conditions.append("+jobs.\(column) IN (\(allowed.map { place($0) }.joined(separator: ", ")))")
        }
        if let after = query.submittedAfter { conditions.append("jobs.submitted_at > \(place(after.milliseconds))") }
        if let before = query.submittedBefore { conditions.append("jobs.submitted_at < \(place(before.milliseconds))") }
    }

    private mutating func addExclusions() {
        for (column, patterns) in [("type", query.excludedTypes), ("user", query.excludedUsers)] {
            for pattern in patterns {
                let prefix = pattern.hasSuffix("*") ? place(String(pattern.dropLast())) : nil
                let test = prefix.map { "substr(jobs.\(column), 1, length(\($0))) = \($0)" }
                conditions.append("NOT (\(test ?? "+jobs.\(column) = \(place(pattern))"))")
            }
        }
        for stage in query.excludedStages { conditions.append("jobs.stage <> \(place(stage.rawValue))") }
        guard !query.excludedOutcomes.isEmpty else { return }
        let names = query.excludedOutcomes.map { place($0.rawValue) }.joined(separator: ", ")
        let later = query.snapshot == nil ? "" : " OR \(Self.end) > \(place(snapshot.ends))"
        conditions.append("(jobs.outcome IS NULL OR +jobs.outcome NOT IN (\(names))\(later))")
    }

    /// An end counts when it came before the walk began.
    private mutating func addState() {
        guard query.isDone == true || !query.outcomes.isEmpty, part == .all else { return }
        if query.isDone == true { conditions.append("+jobs.done = 1") }
        if query.snapshot != nil { conditions.append("\(Self.end) <= \(place(snapshot.ends))") }
    }

    private mutating func addPlace() {
        guard let last = query.after, part != .ended else { return }
        let sign = query.order.isDescending ? "<" : ">"
        switch query.order {
        case .typeUp, .typeDown:
            conditions.append("(jobs.type, jobs.number) \(sign) (\(place(last.type)), \(place(last.number)))")
        case .endedFirst, .endedLast:
            // Behind an end, the block of open jobs begins at its beginning.
            if last.end == nil { conditions.append("jobs.number \(sign) \(place(last.number))") }
        case .newestFirst, .oldestFirst: conditions.append("jobs.number \(sign) \(place(last.number))")
        }
    }

    private static let end = "(SELECT ended FROM job_index WHERE number = jobs.number)"

    // MARK: Sources

    private mutating func sources(_ driver: Driver?) -> [Source] {
        if part == .open || query.isDone == false {
            let open = Source(from: "jobs INDEXED BY jobs_open", condition: "jobs.done = 0")
            guard query.snapshot != nil else { return [open] }
            return [open, Source(from: Self.ends, condition: "entry.ended > \(place(snapshot.ends))", hasEntry: true)]
        }
        if part == .ended {
            var condition = "entry.ended <= \(place(snapshot.ends))"
            if let end = query.after?.end {
                condition += " AND entry.ended \(query.order.isDescending ? "<" : ">") \(place(end))"
            }
            return [Source(from: Self.ends, condition: condition, hasEntry: true)]
        }
        if query.order == .typeUp || query.order == .typeDown { return [Source(from: "jobs INDEXED BY jobs_by_type")] }
        if let driver {
            return driver.values.map {
                Source(from: "jobs INDEXED BY \(driver.index)", condition: "jobs.\(driver.column) = \(place($0))")
            }
        }
        if query.text == nil { return [Source(from: "jobs")] }
        return [Source(from: "job_index AS entry CROSS JOIN jobs ON jobs.number = entry.number", hasEntry: true)]
    }

    private static let ends =
        "job_index AS entry INDEXED BY job_index_by_end CROSS JOIN jobs ON jobs.number = entry.number"

    // An outcome other than success is rare, a user rarer than a type; beyond so many values a scan is as good.
    private func driver(_ types: [String], _ users: [String]) -> Driver? {
        // A list by type walks the index of types, whatever else is asked.
        guard part == .all, query.isDone != false, query.order != .typeUp, query.order != .typeDown else { return nil }
        let outcomes = Driver(
            column: "outcome", index: "jobs_by_outcome", values: Set(query.outcomes.map(\.rawValue)).sorted())
        if !query.outcomes.isEmpty, !query.outcomes.contains(.ok) { return outcomes }
        let asked = query.requester.map { [$0] } ?? users
        return [
            Driver(column: "user", index: "jobs_by_user", values: Set(asked).sorted()),
            Driver(column: "type", index: "jobs_by_type", values: Set(types).sorted()),
            outcomes,
        ].first { (1...200).contains($0.values.count) }
    }

    // MARK: The statement

    private mutating func compose(_ sources: [Source], _ pattern: String?) {
        let isByEnd = part == .ended
        func select(_ columns: (Source) -> String) -> String {
            sources.map { source in
                var all = (source.condition.map { [$0] } ?? []) + conditions
                if let pattern {
                    let text = source.hasEntry ? "entry.text" : Self.text
                    all.append("\(text) LIKE \(pattern) ESCAPE '\\'")
                }
                return "SELECT \(columns(source)) FROM \(source.from) WHERE \(all.joined(separator: " AND "))"
            }.joined(separator: " UNION ALL ")
        }
        let direction = query.order.isDescending ? "DESC" : "ASC"
        let keys =
            switch query.order {
            case .typeUp, .typeDown: ["type", "number"]
            case .endedFirst, .endedLast: [isByEnd ? "ended" : "number"]
            case .newestFirst, .oldestFirst: ["number"]
            }
        sql = select { source in
            let number = source.hasEntry ? "entry.number" : "jobs.number"
            return "\(number) AS number, jobs.record AS record, \(isByEnd ? "entry.ended" : "NULL") AS ended, "
                + "jobs.type AS type"
        }
        sql += " ORDER BY " + keys.map { "\($0) \(direction)" }.joined(separator: ", ")
        counting = "SELECT count(*) FROM (\(select { _ in "1" }))"
    }

    private static let text = "(SELECT text FROM job_index WHERE number = jobs.number)"

    private static func escaped(_ text: String) -> String {
        text.map { "\\%_".contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    // MARK: Names

    /// The stored names the patterns fit: empty for no restriction, `nil` when a restriction matches nothing.
    private static func names(_ patterns: [String], of column: String, in database: Database) throws -> [String]? {
        guard !patterns.isEmpty, !patterns.contains("*") else { return [] }
        var names = Set(patterns.filter { !$0.hasSuffix("*") })
        for pattern in patterns where pattern.hasSuffix("*") {
            names.formUnion(try stored(column, prefix: String(pattern.dropLast()), database))
        }
        return names.isEmpty ? nil : names.sorted()
    }

    // Each step is one look into the index, however many jobs have a name.
    private static func stored(_ column: String, prefix: String, _ database: Database) throws -> [String] {
        var found: [String] = []
        let next = try database.cachedStatement(sql: "SELECT min(\(column)) FROM jobs WHERE \(column) > ?")
        var name = try String.fetchOne(
            database, sql: "SELECT min(\(column)) FROM jobs WHERE \(column) >= ?", arguments: [prefix])
        while let match = name, match.utf8.starts(with: prefix.utf8) {
            found.append(match)
            name = try String.fetchOne(next, arguments: [match])
        }
        return found
    }
}
