import GRDB

extension Schema {
    // The files of buckets as a cluster has them; their content lies in the folders of the buckets. `buckets_listed` says that all
    // is here that was there before.
    static func bucketFiles(_ database: Database) throws {
        try database.execute(
            sql: """
                CREATE TABLE bucket_files (
                    service TEXT NOT NULL, bucket TEXT NOT NULL, path TEXT NOT NULL, size INTEGER NOT NULL,
                    sha256 TEXT NOT NULL, at INTEGER NOT NULL, node INTEGER NOT NULL, user TEXT NOT NULL,
                    PRIMARY KEY (service, bucket, path)) WITHOUT ROWID;
                ALTER TABLE log_end ADD COLUMN buckets_listed INTEGER NOT NULL DEFAULT 0;
                """)
    }
}
