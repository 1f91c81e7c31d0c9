import GRDB

extension Schema {
    // `pseudonyms` has a row for each time; `name` is there until it is replaced everywhere, and `authority` is the record
    // of the audit log that speaks of its list. Lists stay as long as the log does: who verifies it needs them.
    // `archive_rests` has files that are to be removed unless an archive is known by their name.
    static func pseudonyms(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE pseudonyms (
                    batch INTEGER PRIMARY KEY AUTOINCREMENT, pseudonym TEXT NOT NULL, name TEXT UNIQUE,
                    authority INTEGER);
                CREATE TABLE audit_replacements (
                    batch INTEGER NOT NULL, seq INTEGER NOT NULL, digest BLOB NOT NULL,
                    PRIMARY KEY (batch, seq)) WITHOUT ROWID;
                CREATE INDEX audit_replacements_by_record ON audit_replacements (seq);
                CREATE TABLE archive_rests (name TEXT PRIMARY KEY) WITHOUT ROWID;
                """)
    }
}
