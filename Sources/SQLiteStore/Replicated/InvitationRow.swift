import GRDB
import JobEngine
import Replication
import Values

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Rows of machines that were asked to become nodes.
enum InvitationRow {
    static let columns = "node, hash, address, job, made_at, expires_at, used_key, used_at, used_from"
    static let replacing =
        "INSERT OR REPLACE INTO invitations (\(columns)) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL, NULL)"

    static func row(_ invitation: ReplicatedInvitation) -> StatementArguments {
        [
            invitation.node, Data(invitation.secretHash), invitation.address, invitation.job?.description,
            invitation.madeAt.milliseconds, invitation.expiresAt.milliseconds,
        ]
    }

    static func invitation(_ row: Row) throws -> ReplicatedInvitation {
        let (hash, job): (Data, String?) = (try row.at(1), try row.at(3))
        var invitation = ReplicatedInvitation(
            node: try row.at(0), secretHash: Array(hash), address: try row.at(2), job: job.flatMap { JobID($0) },
            madeAt: Timestamp(milliseconds: try row.at(4)), expiresAt: Timestamp(milliseconds: try row.at(5)))
        let (key, time, from): (String?, Int?, String?) = (try row.at(6), try row.at(7), try row.at(8))
        if let key, let time, let from {
            invitation.use = InvitationUse(key: key, at: Timestamp(milliseconds: time), from: from)
        }
        return invitation
    }
}

/// Rows of certificates nodes were given.
enum NodeCertificateRow {
    static let columns = "serial, node, member, life, issued_at, not_after, revoked_at, revoked_by"
    static let replacing =
        "INSERT OR REPLACE INTO node_certificates (\(columns)) VALUES (?, ?, ?, ?, ?, ?, NULL, NULL)"

    static func row(_ certificate: ReplicatedCertificate) -> StatementArguments {
        [
            certificate.serialNumber, certificate.node, certificate.member, certificate.life,
            certificate.issuedAt.milliseconds, certificate.notAfter.milliseconds,
        ]
    }

    static func certificate(_ row: Row) throws -> ReplicatedCertificate {
        var certificate = ReplicatedCertificate(
            serialNumber: try row.at(0), node: try row.at(1), member: try row.at(2), life: try row.at(3),
            issuedAt: Timestamp(milliseconds: try row.at(4)), notAfter: Timestamp(milliseconds: try row.at(5)))
        let (time, job): (Int?, String?) = (try row.at(6), try row.at(7))
        certificate.revokedAt = time.map { Timestamp(milliseconds: $0) }
        certificate.revokedBy = job.flatMap { JobID($0) }
        return certificate
    }
}
