import GRDB
import Replication

/// How far down the past is here, for each part of it.
enum HistoryRest {
    /// The end or number below which something lacks; `nil` when all is here.
    static func below(_ section: HistoryPage.Section, _ database: Database) throws -> Int? {
        let statement = try database.cachedStatement(sql: "SELECT below FROM history_rest WHERE section = ?")
        return try Int.fetchOne(statement, arguments: [section.rawValue])
    }

    /// A part lacks what is below an end or number, of which only who has applied an entry may tell.
    static func begin(
        _ section: HistoryPage.Section, below: Int, asOf entry: Int, _ database: Database
    ) throws {
        try database.run(
            "INSERT OR REPLACE INTO history_rest (section, below, entry) VALUES (?, ?, ?)",
            [section.rawValue, below, entry])
    }

    /// - Parameter below: `nil` when all is here.
    static func advance(_ section: HistoryPage.Section, to below: Int?, _ database: Database) throws {
        guard let below else {
            return try database.run("DELETE FROM history_rest WHERE section = ?", [section.rawValue])
        }
        try database.run("UPDATE history_rest SET below = ? WHERE section = ?", [below, section.rawValue])
    }

    /// The entry whoever tells of a part has to have applied.
    static func entry(_ section: HistoryPage.Section, _ database: Database) throws -> Int {
        let statement = try database.cachedStatement(sql: "SELECT entry FROM history_rest WHERE section = ?")
        return try Int.fetchOne(statement, arguments: [section.rawValue]) ?? 0
    }

    static func require(_ entry: Int, of section: HistoryPage.Section, _ database: Database) throws {
        try database.run(
            "UPDATE history_rest SET entry = max(entry, ?) WHERE section = ?", [entry, section.rawValue])
    }

    /// The first section that lacks something, and where.
    static func next(_ database: Database) throws -> (section: HistoryPage.Section, below: Int)? {
        for section in HistoryPage.Section.allCases {
            if let below = try below(section, database) { return (section, below) }
        }
        return nil
    }
}
