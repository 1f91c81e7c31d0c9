import GRDB

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
}
