import Access
import Certificates
import GRDB
import JobEngine
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A statement that a record beside those of the engine comes to.
struct ClusterStatement: Sendable {
    let sql: String
    let arguments: StatementArguments

    private init(_ sql: String, _ arguments: StatementArguments) {
        self.sql = sql
        self.arguments = arguments
    }

    /// In their order; none for what an engine decided, or an archive.
    static func all(for record: ReplicatedRecord) -> [ClusterStatement] {
        switch record {
        case .engine, .job, .archive: []
        case .sessionAdded(let session, _): [Self(SQLiteSessions.replacing, SQLiteSessions.row(session))]
        case .sessionEnded(let id): [Self("DELETE FROM sessions WHERE id = ?", [id])]
        case .tokenAdded(let token, _):
            [
                Self(SQLiteTokens.removingEnded, [token.madeAt]),
                Self(SQLiteTokens.replacing, SQLiteTokens.row(token)),
            ]
        case .tokenEnded(let id): [Self("DELETE FROM tokens WHERE id = ?", [id])]
        case .lockSet(let lock):
            [
                Self("DELETE FROM login_locks WHERE until <= ?", [lock.setAt.milliseconds]),
                Self(
                    "INSERT OR REPLACE INTO login_locks (\(ClusterRow.lockColumns)) VALUES (?, ?, ?, ?, ?, ?)",
                    ClusterRow.row(lock)),
            ]
        case .lockLifted(let id): [Self("DELETE FROM login_locks WHERE id = ?", [id])]
        case .member(let member):
            [
                Self(
                    "INSERT OR REPLACE INTO members (\(ClusterRow.memberColumns)) VALUES (?, ?, ?, ?, ?, ?)",
                    ClusterRow.row(member))
            ]
        case .memberRemoved(let node): [Self("DELETE FROM members WHERE node = ?", [node])]
        case .invitation(let invitation): [Self(InvitationRow.replacing, InvitationRow.row(invitation))]
        case .invitationUsed(let node, let use):
            [
                Self(
                    "UPDATE invitations SET used_key = ?, used_at = ?, used_from = ? WHERE node = ?",
                    [use.key, use.at.milliseconds, use.from, node])
            ]
        case .invitationWithdrawn(let node): [Self("DELETE FROM invitations WHERE node = ?", [node])]
        case .certificateIssued(let certificate):
            [Self(NodeCertificateRow.replacing, NodeCertificateRow.row(certificate))]
        case .certificatesRevoked(let node, let time, let job):
            [
                Self(
                    "UPDATE node_certificates SET revoked_at = ?, revoked_by = ? WHERE node = ? AND revoked_at IS NULL",
                    [time.milliseconds, job?.description, node])
            ]
        case .file(let file):
            [
                Self(
                    "INSERT OR REPLACE INTO revision_files (\(ClusterRow.fileColumns)) VALUES (?, ?, ?, ?, ?)",
                    ClusterRow.row(file))
            ]
        case .fileRemoved(let path): [Self("DELETE FROM revision_files WHERE path = ?", [path])]
        case .bucketFile(let entry): [Self(BucketRow.replacing, BucketRow.row(entry))]
        case .bucketFileRemoved(let name): [Self(BucketRow.removing, BucketRow.row(name))]
        case .bucketForgotten(let bucket): [Self(BucketRow.forgetting, [bucket.service, bucket.name])]
        case .bucketsListed: [Self("UPDATE log_end SET buckets_listed = 1", [])]
        case .level(let level): [Self("UPDATE log_end SET level = ?", [level])]
        case .termBegun(let node, let time):
            [Self("UPDATE log_end SET master = ?, since = ?", [node, time.milliseconds])]
        }
    }
}
