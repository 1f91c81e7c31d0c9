import GRDB

// What a node needs to bring others to its state, and to come to theirs.
extension Schema {
    // `applied_chains` has what the log came to at the entries applied last, so that a node that was away is known again.
    // `history_rest` has a row for each part of the past that is not all here: only what is below lacks,
    // and whoever tells of it has to have applied that entry.
    static func transfer(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE applied_chains (entry INTEGER PRIMARY KEY, chain BLOB NOT NULL);
                CREATE TABLE history_rest (section TEXT PRIMARY KEY, below INTEGER NOT NULL,
                    entry INTEGER NOT NULL) WITHOUT ROWID;
                """)
    }

    // What is missing may be between two parts that are here: whoever was away for long takes part before it has what ended
    // meanwhile. Each row is what lies above `floor` and below `below`; those of a section have nothing in common.
    static func pastRanges(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE past_ranges (section TEXT NOT NULL, floor INTEGER NOT NULL, below INTEGER NOT NULL,
                    entry INTEGER NOT NULL, PRIMARY KEY (section, floor)) WITHOUT ROWID;
                INSERT INTO past_ranges (section, floor, below, entry) SELECT section, 0, below, entry FROM history_rest;
                DROP TABLE history_rest;
                """)
    }
}
