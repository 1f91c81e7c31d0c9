import GRDB
package import JobEngine

extension SQLiteStore: BucketCatalogue {
    /// - Throws: `unavailable`.
    package func entry(_ name: BucketFileName) async throws(StoreError) -> BucketEntry? {
        try await file.read { database in
            let statement = try database.cachedStatement(
                sql: """
                    SELECT \(BucketRow.columns) FROM bucket_files WHERE service = ? AND bucket = ? AND path = ?
                    """)
            return try Row.fetchOne(statement, arguments: BucketRow.row(name)).flatMap(BucketRow.entry)
        }
    }

    /// - Throws: `unavailable`.
    package func entries(
        of bucket: BucketName, after path: String?, limit: Int
    ) async throws(StoreError) -> [BucketEntry] {
        try await file.read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT \(BucketRow.columns) FROM bucket_files WHERE service = ? AND bucket = ? AND path > ?
                    ORDER BY path LIMIT ?
                    """, arguments: [bucket.service, bucket.name, path ?? "", limit]
            ).compactMap(BucketRow.entry)
        }
    }

    /// - Throws: `unavailable`.
    package func obstacle(to name: BucketFileName) async throws(StoreError) -> String? {
        let bucket = name.bucket
        let names = name.path.split(separator: "/")
        let above = (1..<max(1, names.count)).map { names.prefix($0).joined(separator: "/") }
        return try await file.read { database in
            for path in above {
                let found = try Bool.fetchOne(
                    database.cachedStatement(
                        sql: """
                            SELECT EXISTS (SELECT 1 FROM bucket_files WHERE service = ? AND bucket = ? AND path = ?)
                            """), arguments: [bucket.service, bucket.name, path])
                if found == true { return path }
            }
            // All paths below begin with it and '/', behind which '0' is the next letter.
            return try String.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT path FROM bucket_files
                        WHERE service = ? AND bucket = ? AND path > ? AND path < ? ORDER BY path LIMIT 1
                        """), arguments: [bucket.service, bucket.name, name.path + "/", name.path + "0"])
        }
    }

    /// - Throws: `unavailable`.
    package func buckets() async throws(StoreError) -> [BucketName] {
        try await file.read { database in
            try Row.fetchAll(
                database, sql: "SELECT DISTINCT service, bucket FROM bucket_files ORDER BY service, bucket"
            ).compactMap { BucketName(try $0.at(1), of: try $0.at(0)) }
        }
    }

    /// - Throws: `unavailable`.
    package func isComplete() async throws(StoreError) -> Bool { try await file.read(Self.hasListedBuckets) }

    static func hasListedBuckets(_ database: Database) throws -> Bool {
        try Bool.fetchOne(database.cachedStatement(sql: "SELECT buckets_listed FROM log_end")) ?? false
    }
}
