import GRDB

extension Schema {
    // What is in a file behind its length was never told to anybody, and is cut off before the file grows again. A row for
    // each job, so that its number is known for good: two dozen bytes.
    static func archives(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE archives (
                    id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, month TEXT NOT NULL, length INTEGER NOT NULL);
                CREATE TABLE archive_members (
                    id INTEGER PRIMARY KEY, archive INTEGER NOT NULL REFERENCES archives (id),
                    start INTEGER NOT NULL, length INTEGER NOT NULL, made_at INTEGER NOT NULL);
                CREATE TABLE archived_jobs (
                    number INTEGER PRIMARY KEY, node INTEGER NOT NULL, user TEXT NOT NULL,
                    member INTEGER NOT NULL REFERENCES archive_members (id));
                """)
    }
}
