import GRDB

// What was added for clusters, and for names that are replaced.
extension Schema {
    // What only a cluster has. `term` counts terms of one node; the term of a cluster is `generation` and `epoch`, and `master`
    // and `since` say who began it and when. Nodes of a file stand as numbers with commas between.
    static func cluster(_ database: Database) throws {
        try database.execute(
            sql: """
                ALTER TABLE log_end ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
                ALTER TABLE log_end ADD COLUMN master INTEGER;
                ALTER TABLE log_end ADD COLUMN since INTEGER;
                CREATE TABLE members (
                    node INTEGER PRIMARY KEY, id TEXT NOT NULL, address TEXT NOT NULL, port INTEGER NOT NULL,
                    peer_port INTEGER NOT NULL, since INTEGER NOT NULL);
                CREATE TABLE revision_files (
                    path TEXT PRIMARY KEY, revision INTEGER NOT NULL, sha256 TEXT NOT NULL, mode INTEGER NOT NULL,
                    nodes TEXT NOT NULL) WITHOUT ROWID;
                CREATE TABLE login_locks (
                    id TEXT PRIMARY KEY, subject TEXT NOT NULL, user TEXT, address TEXT NOT NULL,
                    set_at INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
                """)
    }

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

    // Of each node the newest invitation, also when it was used or has ended: somebody who comes with it is told so. All
    // certificates stay: how many lives a node has had, and who removed it, is asked for years later.
    static func joining(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE invitations (
                    node INTEGER PRIMARY KEY, hash BLOB NOT NULL, address TEXT NOT NULL, job TEXT,
                    made_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_key TEXT, used_at INTEGER,
                    used_from TEXT);
                CREATE TABLE node_certificates (
                    serial TEXT PRIMARY KEY, node INTEGER NOT NULL, member TEXT NOT NULL, life INTEGER NOT NULL,
                    issued_at INTEGER NOT NULL, not_after INTEGER NOT NULL, revoked_at INTEGER, revoked_by TEXT)
                    WITHOUT ROWID;
                """)
    }
}

extension Schema {
    // What is owed to nodes that are away. It outlives the record of its job.
    static func keptUndos(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE kept_undos (
                    job INTEGER NOT NULL, job_node INTEGER NOT NULL, step INTEGER NOT NULL, undo BLOB NOT NULL,
                    PRIMARY KEY (job, job_node, step)) WITHOUT ROWID;
                """)
    }
}
