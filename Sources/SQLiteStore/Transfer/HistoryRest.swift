import GRDB
import Replication

/// What of the past is not here: ranges of ends and numbers, for each part of it. They are fetched from the newest one down.
enum HistoryRest {
    /// What lies above one end or number and below another one; whoever tells of it has to have applied an entry.
    struct Range: Hashable {
        let floor: Int
        let below: Int
        let entry: Int

        /// So many there are at most.
        var count: Int { max(0, below - floor - 1) }

        func contains(_ number: Int) -> Bool { number > floor && number < below }
    }

    /// Whoever comes and goes again and again before it has the past asks for more than it lacks rather than keep more ranges.
    private static let mostRanges = 8

    /// All of a section, the newest first.
    static func ranges(_ section: HistoryPage.Section, _ database: Database) throws -> [Range] {
        let statement = try database.cachedStatement(
            sql: "SELECT floor, below, entry FROM past_ranges WHERE section = ? ORDER BY below DESC")
        return try Row.fetchAll(statement, arguments: [section.rawValue]).map { row in
            Range(floor: try row.at(0), below: try row.at(1), entry: try row.at(2))
        }
    }

    /// The newest range of a section; `nil` when all is here.
    static func newest(_ section: HistoryPage.Section, _ database: Database) throws -> Range? {
        try ranges(section, database).first
    }

    /// So many ends or numbers of a section lack at most.
    static func count(_ section: HistoryPage.Section, _ database: Database) throws -> Int {
        try ranges(section, database).reduce(0) { $0 + $1.count }
    }

    /// The first section that lacks something, and what.
    static func next(_ database: Database) throws -> (section: HistoryPage.Section, range: Range)? {
        for section in HistoryPage.Section.allCases {
            if let range = try newest(section, database) { return (section, range) }
        }
        return nil
    }

    /// A part lacks what is below an end or number, and above another one, of which only who has applied an entry may tell; what
    /// it lacked below that it lacks still.
    static func begin(
        _ section: HistoryPage.Section, above floor: Int = 0, below: Int, asOf entry: Int, _ database: Database
    ) throws {
        let former = try ranges(section, database)
        let overlapping = former.filter { $0.below > floor + 1 }
        let merged = former.count > mostRanges ? former : overlapping
        for range in merged { try remove(range, of: section, database) }
        let lowest = merged.map(\.floor).min().map { min($0, floor) } ?? floor
        let range = Range(floor: lowest, below: max(below, merged.map(\.below).max() ?? 0), entry: entry)
        if range.count > 0 { try insert(range, of: section, database) }
    }

    /// The newest range of a section is here down to an end or number.
    ///
    /// - Parameter through: `nil` when whoever told of it has nothing below.
    static func advance(_ section: HistoryPage.Section, to through: Int?, _ database: Database) throws {
        guard let range = try newest(section, database) else { return }
        try remove(range, of: section, database)
        let rest = Range(floor: range.floor, below: through ?? 0, entry: range.entry)
        if rest.count > 0 { try insert(rest, of: section, database) }
    }

    /// Whoever tells of a part has to have applied this entry at least.
    static func require(_ entry: Int, of section: HistoryPage.Section, _ database: Database) throws {
        try database.run(
            "UPDATE past_ranges SET entry = max(entry, ?) WHERE section = ?", [entry, section.rawValue])
    }

    private static func insert(_ range: Range, of section: HistoryPage.Section, _ database: Database) throws {
        try database.run(
            "INSERT INTO past_ranges (section, floor, below, entry) VALUES (?, ?, ?, ?)",
            [section.rawValue, range.floor, range.below, range.entry])
    }

    private static func remove(_ range: Range, of section: HistoryPage.Section, _ database: Database) throws {
        try database.run(
            "DELETE FROM past_ranges WHERE section = ? AND floor = ?", [section.rawValue, range.floor])
    }
}
