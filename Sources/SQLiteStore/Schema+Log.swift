import GRDB

extension Schema {
    // One row: where the log ends. On one node an entry is applied in the transaction that appends it, so that nothing but
    // its place has to be kept; `chain`, `format` and `level` are those of the last entry that other nodes can read.
    static func log(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE log_end (
                    id INTEGER PRIMARY KEY CHECK (id = 1), generation INTEGER NOT NULL, term INTEGER NOT NULL,
                    applied INTEGER NOT NULL, chain BLOB, format INTEGER NOT NULL, level INTEGER NOT NULL);
                INSERT INTO log_end (id, generation, term, applied, format, level) VALUES (1, 1, 0, 0, 1, 1);
                """)
    }
}
