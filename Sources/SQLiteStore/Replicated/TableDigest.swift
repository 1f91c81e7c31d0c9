import Certificates
import GRDB
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a table comes to that has to be equal on all nodes: each row, in an order that does not hang on how it came about.
struct TableDigest: Sendable {
    private let name: String
    private let sql: String

    private init(_ name: String, _ columns: String, from source: String? = nil, by order: String) {
        self.name = name
        sql = "SELECT \(columns) FROM \(source ?? name) ORDER BY \(order)"
    }

    // Left out is what each node has of its own: the audit log, the files of archives and where something is in them, last
    // uses. Spans of numbers, and indexes, follow from the rest.
    static let all: [TableDigest] = [
        TableDigest(
            "jobs",
            "number, node, type, mode, user, submitted_at, stage, outcome, done, revision, idempotency_key, "
                + "request_digest, record", by: "number"),
        TableDigest("job_index", "number, ended, text", by: "number"),
        TableDigest(
            "archived_jobs", "job.number, job.node, job.user, member.made_at",
            from: "archived_jobs AS job JOIN archive_members AS member ON member.id = job.member", by: "job.number"),
        TableDigest("revisions", "number, sha256, checksum, job, user, reason, at, text", by: "number"),
        TableDigest("acknowledgements", "revision, node, state, at", by: "revision, node"),
        TableDigest("suspended_nodes", "node", by: "node"),
        TableDigest("queue_rules", "number, rule", by: "number"),
        TableDigest("kept_undos", "job, job_node, step, undo", by: "job, job_node, step"),
        TableDigest("counters", "name, value", by: "name"),
        TableDigest(
            "sessions", "token_hash, id, user, opened_by, address, opened_at, expires_at, certificate",
            by: "token_hash"),
        TableDigest(
            "tokens", "secret_hash, id, name, user, roles, made_at, expires_at, certificate", by: "secret_hash"),
        TableDigest("login_endings", "user, revision", by: "user"),
        TableDigest("session_endings", "user, revision", by: "user"),
        TableDigest("login_locks", ClusterRow.lockColumns, by: "id"),
        TableDigest("members", ClusterRow.memberColumns, by: "node"),
        TableDigest("invitations", InvitationRow.columns, by: "node"),
        TableDigest("node_certificates", NodeCertificateRow.columns, by: "serial"),
        TableDigest("revision_files", ClusterRow.fileColumns, by: "path"),
        TableDigest("bucket_files", BucketRow.columns, by: "service, bucket, path"),
        TableDigest("log_end", "generation, epoch, applied, chain, level, master, since, buckets_listed", by: "id"),
    ]

    func table(_ database: Database) throws -> ReplicatedDump.Table {
        let rows = try Row.fetchCursor(database, sql: sql)
        var digest = [UInt8](repeating: 0, count: 32)
        var count = 0
        while let row = try rows.next() {
            // Each row goes on from the digest of those before it: the whole table is in no memory.
            for index in 0..<row.count { Self.append(DatabaseValue.fromDatabaseValue(row[index]), to: &digest) }
            digest = Digest.sha256(digest)
            count += 1
        }
        return ReplicatedDump.Table(name: name, rows: count, sha256: Hex.text(digest))
    }

    /// Appends a value with its kind and length, so that no two rows have the same bytes.
    private static func append(_ value: DatabaseValue?, to bytes: inout [UInt8]) {
        switch value?.storage {
        case .int64(let number): append(1, with: number, [], to: &bytes)
        case .double(let number): append(2, with: Int64(bitPattern: number.bitPattern), [], to: &bytes)
        case .string(let text): append(3, with: Int64(text.utf8.count), text.utf8, to: &bytes)
        case .blob(let data): append(4, with: Int64(data.count), data, to: &bytes)
        case .null, nil: append(0, with: 0, [], to: &bytes)
        }
    }

    private static func append(
        _ kind: UInt8, with number: Int64, _ content: some Sequence<UInt8>, to bytes: inout [UInt8]
    ) {
        bytes.append(kind)
        withUnsafeBytes(of: number.bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: content)
    }
}
