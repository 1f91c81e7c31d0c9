import GRDB

extension Schema {
    // Since when findings last that were told, as this node knows them; what was said of one is a rule. Each node has its own.
    static func findings(_ database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE findings (id TEXT PRIMARY KEY, since INTEGER NOT NULL) WITHOUT ROWID")
    }
}
