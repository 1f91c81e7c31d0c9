import GRDB

/// The tables, as a list of named steps from the empty file on; a step that was shipped is never edited.
enum Schema {
    /// Marks a file as ours among SQLite files: "CNFD".
    static let applicationID = 0x434E_4644
    /// Jobs of so many consecutive numbers share one entry of `job_spans`.
    static let spanLength = 1024

    static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("1 jobs", migrate: jobs)
        migrator.registerMigration("2 revisions", migrate: revisions)
        migrator.registerMigration("3 sessions", migrate: sessions)
        migrator.registerMigration("4 audit", migrate: audit)
        migrator.registerMigration("5 audit indexes", migrate: auditIndexes)
        migrator.registerMigration("6 tokens", migrate: tokens)
        migrator.registerMigration("7 lists and rules", migrate: listsAndRules)
        migrator.registerMigration("8 archives", migrate: archives)
        migrator.registerMigration("9 ends of logins", migrate: loginEndings)
        migrator.registerMigration("10 log", migrate: log)
        migrator.registerMigration("11 audit archives", migrate: auditArchives)
        migrator.registerMigration("12 certificates of logins", migrate: certificates)
        migrator.registerMigration("13 ends of sessions", migrate: sessionEndings)
        migrator.registerMigration("14 pseudonyms", migrate: pseudonyms)
        migrator.registerMigration("15 cluster", migrate: cluster)
        migrator.registerMigration("16 transfer", migrate: transfer)
        migrator.registerMigration("17 commands", migrate: commands)
        migrator.registerMigration("18 joining", migrate: joining)
        migrator.registerMigration("19 kept undos", migrate: keptUndos)
        migrator.registerMigration("20 bucket files", migrate: bucketFiles)
        migrator.registerMigration("21 ranges of the past", migrate: pastRanges)
        migrator.registerMigration("24 findings", migrate: findings)
        return migrator
    }

    // The record comes last: a filter that looks at the columns before it never reads the pages it spills over to.
    // Times go with numbers except where a clock was set back, so times are found by the span of each block of numbers
    // and an insert pays for one hot row in place of an index as large as the others together.
    private static func jobs(_ database: Database) throws {
        try database.execute(sql: "PRAGMA application_id = \(applicationID)")
        try database.execute(
            sql: """
                CREATE TABLE jobs (
                    number INTEGER PRIMARY KEY, node INTEGER NOT NULL, type TEXT NOT NULL, mode TEXT NOT NULL,
                    user TEXT NOT NULL, submitted_at INTEGER NOT NULL, stage TEXT NOT NULL, outcome TEXT,
                    done INTEGER NOT NULL, revision INTEGER, idempotency_key TEXT, request_digest TEXT,
                    record BLOB NOT NULL);
                CREATE INDEX jobs_open ON jobs (number) WHERE done = 0;
                CREATE INDEX jobs_by_type ON jobs (type);
                CREATE INDEX jobs_by_user ON jobs (user);
                CREATE INDEX jobs_by_outcome ON jobs (outcome) WHERE outcome IS NOT NULL;
                CREATE UNIQUE INDEX jobs_by_key ON jobs (user, idempotency_key) WHERE idempotency_key IS NOT NULL;

                CREATE TABLE job_spans (block INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
                CREATE TRIGGER job_spans_grow AFTER INSERT ON jobs BEGIN
                    INSERT INTO job_spans (block, first, last)
                    VALUES (new.number / \(spanLength), new.submitted_at, new.submitted_at)
                    ON CONFLICT (block) DO UPDATE
                    SET first = min(first, excluded.first), last = max(last, excluded.last);
                END;

                CREATE TABLE counters (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
                INSERT INTO counters VALUES ('job', 1);
                """)
    }

    // The text is a blob: what is kept has to be the file byte for byte, a zero in it included.
    private static func revisions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE revisions (
                    number INTEGER PRIMARY KEY, sha256 TEXT NOT NULL, checksum TEXT NOT NULL, job TEXT,
                    user TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL, text BLOB NOT NULL);
                CREATE TABLE acknowledgements (
                    revision INTEGER NOT NULL REFERENCES revisions (number) ON DELETE CASCADE,
                    node INTEGER NOT NULL, state TEXT NOT NULL, at INTEGER,
                    PRIMARY KEY (revision, node)) WITHOUT ROWID;
                CREATE TABLE suspended_nodes (node INTEGER PRIMARY KEY);
                """)
    }

    private static func sessions(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE sessions (
                    token_hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, user TEXT NOT NULL, opened_by TEXT NOT NULL,
                    address TEXT NOT NULL, opened_at INTEGER NOT NULL, last_used_at INTEGER NOT NULL,
                    expires_at INTEGER NOT NULL) WITHOUT ROWID;
                CREATE INDEX sessions_by_user ON sessions (user);
                CREATE INDEX sessions_by_end ON sessions (expires_at);
                """)
    }

    // AUTOINCREMENT remembers the highest number given out, so entries that were cut off at the end are missed.
    private static func audit(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE audit (
                    seq INTEGER PRIMARY KEY AUTOINCREMENT, event BLOB NOT NULL, prev_hash BLOB NOT NULL,
                    hash BLOB NOT NULL);
                """)
    }

    // Indexes and spans follow from the events, which the chain of hashes covers: nothing can be hidden by altering them
    // alone for good, as they can be made anew.
    private static func auditIndexes(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE INDEX audit_by_user ON audit (\(AuditSelection.user));
                CREATE INDEX audit_by_kind ON audit (\(AuditSelection.kind));

                CREATE TABLE audit_spans (block INTEGER PRIMARY KEY, first INTEGER NOT NULL, last INTEGER NOT NULL);
                INSERT INTO audit_spans (block, first, last)
                    SELECT seq / \(spanLength), min(\(AuditSelection.time)), max(\(AuditSelection.time))
                    FROM audit GROUP BY seq / \(spanLength);
                CREATE TRIGGER audit_spans_grow AFTER INSERT ON audit BEGIN
                    INSERT INTO audit_spans (block, first, last)
                    SELECT new.seq / \(spanLength), time, time
                    FROM (SELECT json_extract(CAST(new.event AS TEXT), '$.time') AS time) WHERE true
                    ON CONFLICT (block) DO UPDATE
                    SET first = min(first, excluded.first), last = max(last, excluded.last);
                END;
                """)
    }

    private static func loginEndings(_ database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE login_endings (user TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID")
    }

    // No roles means all of the owner's; several stand one on a line.
    private static func tokens(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE tokens (
                    secret_hash BLOB PRIMARY KEY, id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, user TEXT NOT NULL,
                    roles TEXT, made_at INTEGER NOT NULL, expires_at INTEGER, last_used_at INTEGER) WITHOUT ROWID;
                CREATE INDEX tokens_by_user ON tokens (user);
                """)
    }
}

extension Schema {
    // The client certificate a login came from, as its issuer's revocation lists name it.
    static func certificates(_ database: Database) throws {
        try database.execute(
            sql: "ALTER TABLE sessions ADD COLUMN certificate TEXT; ALTER TABLE tokens ADD COLUMN certificate TEXT;")
    }

    static func sessionEndings(_ database: Database) throws {
        try database.execute(
            sql: "CREATE TABLE session_endings (user TEXT PRIMARY KEY, revision INTEGER NOT NULL) WITHOUT ROWID")
    }

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

    // Records before the last of these archives are gone from the table of the log, or will be; its chain goes on where that
    // archive ends. `audit_export` has one row once records were ever handed on.
    static func auditArchives(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE audit_archives (
                    first INTEGER PRIMARY KEY, last INTEGER NOT NULL, name TEXT NOT NULL UNIQUE,
                    prev_hash BLOB NOT NULL, hash BLOB NOT NULL, sealed_at INTEGER NOT NULL);
                CREATE TABLE audit_export (id INTEGER PRIMARY KEY CHECK (id = 1), sent INTEGER NOT NULL);
                """)
    }
}
