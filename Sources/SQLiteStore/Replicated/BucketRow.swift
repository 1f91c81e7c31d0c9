import GRDB
import JobEngine
import Values

/// Rows of the catalogue of buckets.
enum BucketRow {
    static let columns = "service, bucket, path, size, sha256, at, node, user"
    static let replacing = "INSERT OR REPLACE INTO bucket_files (\(columns)) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
    static let removing = "DELETE FROM bucket_files WHERE service = ? AND bucket = ? AND path = ?"
    static let forgetting = "DELETE FROM bucket_files WHERE service = ? AND bucket = ?"

    static func row(_ entry: BucketEntry) -> StatementArguments {
        let bucket = entry.name.bucket
        return [
            bucket.service, bucket.name, entry.name.path, entry.size, entry.sha256, entry.at.milliseconds, entry.node,
            entry.user,
        ]
    }

    static func row(_ name: BucketFileName) -> StatementArguments {
        [name.bucket.service, name.bucket.name, name.path]
    }

    /// `nil` for a row that is damaged.
    static func entry(_ row: Row) throws -> BucketEntry? {
        guard let bucket = BucketName(try row.at(1), of: try row.at(0)),
            let name = BucketFileName(try row.at(2), in: bucket)
        else { return nil }
        return BucketEntry(
            name, size: try row.at(3), sha256: try row.at(4), at: Timestamp(milliseconds: try row.at(5)),
            node: try row.at(6), user: try row.at(7))
    }
}
