import Access
import Certificates
import JobEngine
import Values

/// The form a record has in the log. What kinds and members are called never changes; another meaning gets another name.
enum RecordForm {
    enum Kind: String {
        case job, revision, acknowledgements, suspension, rule, numbers, session, token, lock, member, file, archive
        case invitation, certificate
        case level, term
        case ruleRemoved = "rule_removed"
        case undoKept = "undo_kept"
        case undoSettled = "undo_settled"
        case loginsEnded = "logins_ended"
        case sessionEnded = "session_ended"
        case tokenEnded = "token_ended"
        case lockLifted = "lock_lifted"
        case memberRemoved = "member_removed"
        case fileRemoved = "file_removed"
        case invitationUsed = "invitation_used"
        case invitationWithdrawn = "invitation_withdrawn"
        case certificatesRevoked = "certificates_revoked"
        case bucketFile = "bucket_file"
        case bucketFileRemoved = "bucket_file_removed"
        case bucketForgotten = "bucket_forgotten"
        case bucketsListed = "buckets_listed"
    }

    /// Writes one record.
    ///
    /// - Parameter former: The text of the revision before it in the batch, which the next one is told against.
    static func append(_ record: ReplicatedRecord, former: inout String?, to bytes: inout [UInt8]) {
        bytes.append(json: value(of: record, former: &former))
        bytes.append(UInt8(ascii: "\n"))
        guard case .job(let job) = record else { return }
        bytes += job.bytes
        bytes.append(UInt8(ascii: "\n"))
    }

    /// The line of a record; of a job it is what stands before its bytes.
    static func value(of record: ReplicatedRecord, former: inout String?) -> Value {
        switch record {
        case .job(let job): form(.job, job.head)
        case .engine(let record): value(of: record, former: &former)
        case .sessionAdded(let session, let revision): value(of: session, asOf: revision)
        case .sessionEnded(let id): form(.sessionEnded, ["id": .string(id)])
        case .tokenAdded(let token, let revision): value(of: token, asOf: revision)
        case .tokenEnded(let id): form(.tokenEnded, ["id": .string(id)])
        case .lockSet(let lock): value(of: lock)
        case .lockLifted(let id): form(.lockLifted, ["id": .string(id)])
        case .member(let member):
            form(
                .member,
                [
                    "node": .int(member.node), "id": .string(member.id), "address": .string(member.address),
                    "port": .int(member.port), "peer_port": .int(member.peerPort), "since": member.since.value,
                ])
        case .memberRemoved(let node): form(.memberRemoved, ["node": .int(node)])
        case .invitation(let invitation): value(of: invitation)
        case .invitationUsed(let node, let use): value(of: use, node: node)
        case .invitationWithdrawn(let node): form(.invitationWithdrawn, ["node": .int(node)])
        case .certificateIssued(let certificate): value(of: certificate)
        case .certificatesRevoked(let node, let time, let job): revocation(ofNode: node, at: time, by: job)
        case .file(let file):
            value(ofFile: file.path, file.revision, sha256: file.sha256, mode: file.mode, nodes: file.nodes)
        case .fileRemoved(let path): form(.fileRemoved, ["path": .string(path)])
        case .bucketFile(let entry): form(.bucketFile, members(of: entry))
        case .bucketFileRemoved(let name): form(.bucketFileRemoved, members(of: name))
        case .bucketForgotten(let bucket): form(.bucketForgotten, members(of: bucket))
        case .bucketsListed: form(.bucketsListed, [:])
        case .archive(let order):
            form(
                .archive,
                [
                    "after": .int(order.after), "through": .int(order.through), "kept": .ints(order.kept),
                    "at": order.at.value,
                ])
        case .level(let level): form(.level, ["level": .int(level)])
        case .termBegun(let node, let time): form(.term, ["node": .int(node), "at": time.value])
        }
    }

    private static func value(
        ofFile path: String, _ revision: Int, sha256: String, mode: Int, nodes: [Int]
    ) -> Value {
        form(
            .file,
            [
                "path": .string(path), "revision": .int(revision), "sha256": .string(sha256), "mode": .int(mode),
                "nodes": .ints(nodes),
            ])
    }

    private static func value(of record: LogRecord, former: inout String?) -> Value {
        switch record {
        case .job(let job, let digest): form(.job, ReplicatedJob(job, digest: digest).head)
        case .revision(let revision): value(of: revision, former: &former)
        case .file(let file, let revision):
            value(ofFile: file.path, revision, sha256: file.sha256, mode: file.mode, nodes: file.nodes)
        case .departure(let node, _, _): form(.memberRemoved, ["node": .int(node)])
        case .acknowledgements(let nodes, let revision):
            form(.acknowledgements, ["revision": .int(revision), "nodes": .list(nodes.map(\.value))])
        case .suspension(let node, let isSuspended):
            form(.suspension, ["node": .int(node), "suspended": .bool(isSuspended)])
        case .rule(let rule): form(.rule, ["rule": rule.value])
        case .ruleRemoved(let number): form(.ruleRemoved, ["number": .int(number)])
        case .undoKept(let undo): form(.undoKept, ["undo": undo.value])
        case .undoSettled(let key):
            form(.undoSettled, ["job": .string(key.job.description), "step": .int(key.step)])
        case .loginsEnded(let ended):
            form(
                .loginsEnded,
                [
                    "users": .strings(ended.users.sorted()),
                    "sessions": .list(
                        ended.sessions.map {
                            .members(["user": .string($0.user), "but": $0.kept.map(Value.string)])
                        }),
                ])
        case .numbers(let number): form(.numbers, ["through": .int(number)])
        }
    }

    private static func value(of revision: RevisionRecord, former: inout String?) -> Value {
        let edits = former.flatMap { RevisionTexts.edits(from: $0, to: revision.text) }
        former = revision.text
        return form(
            .revision,
            [
                "number": .int(revision.number), "text": edits == nil ? .string(revision.text) : nil, "edits": edits,
                "sha256": .string(revision.sha256), "checksum": .string(revision.checksum),
                "job": revision.job.map { .string($0.description) }, "user": .string(revision.user),
                "reason": revision.reason.map(Value.string), "at": revision.at.value,
                "nodes": revision.acknowledgements.isEmpty ? nil : .list(revision.acknowledgements.map(\.value)),
            ])
    }

    // Of what lets somebody in there is only the digest.
    private static func value(of session: Session, asOf revision: Int) -> Value {
        form(
            .session,
            [
                "as_of": .int(revision), "id": .string(session.id), "hash": .string(Hex.text(session.tokenHash)),
                "user": .string(session.user), "opened_by": .string(session.openedBy.rawValue),
                "certificate": session.certificate.map(value), "address": .string(session.address),
                "opened_at": .int(Int(session.openedAt)), "used_at": .int(Int(session.lastUsedAt)),
                "expires_at": .int(Int(session.expiresAt)),
            ])
    }

    private static func value(of token: APIToken, asOf revision: Int) -> Value {
        form(
            .token,
            [
                "as_of": .int(revision), "id": .string(token.id), "hash": .string(Hex.text(token.secretHash)),
                "name": .string(token.name), "user": .string(token.user), "roles": token.roles.map { .strings($0) },
                "certificate": token.certificate.map(value), "made_at": .int(Int(token.madeAt)),
                "expires_at": token.expiresAt.map { .int(Int($0)) }, "used_at": token.lastUsedAt.map { .int(Int($0)) },
            ])
    }

    private static func value(of lock: ReplicatedLock) -> Value {
        var (subject, user) = ("user", String?.none)
        switch lock.subject {
        case .user(let name): user = name
        case .address: subject = "address"
        case .tokens: subject = "tokens"
        }
        return form(
            .lock,
            [
                "id": .string(lock.id), "subject": .string(subject), "user": user.map(Value.string),
                "address": .string(lock.address), "set_at": lock.setAt.value, "until": lock.until.value,
            ])
    }

    private static func value(of certificate: CertificateID) -> Value {
        ["issuer": .string(Hex.text(certificate.issuer)), "serial": .string(certificate.serialNumber)]
    }

    static func form(_ kind: Kind, _ members: [String: Value?]) -> Value {
        var members = members.compactMapValues { $0 }
        members["kind"] = .string(kind.rawValue)
        return .map(members)
    }
}
