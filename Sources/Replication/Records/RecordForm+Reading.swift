import Access
import Certificates
import JobEngine
import Values

extension RecordForm {
    /// Reads one record; what it leaves of the members is unknown.
    ///
    /// - Parameter reader: It is behind the line of the record.
    static func record(
        _ members: inout RecordMembers, _ texts: inout RevisionTexts, from reader: inout BatchReader
    ) throws(ReplicatedBatchError) -> ReplicatedRecord {
        guard let kind = Kind(rawValue: members.kind) else { throw members.unknownKind }
        switch kind {
        case .job: return .job(try job(&members, from: &reader))
        case .revision: return .engine(.revision(try revision(&members, &texts)))
        case .acknowledgements:
            let nodes = try acknowledgements(try members.list("nodes"), members)
            return .engine(.acknowledgements(nodes, revision: try members.number("revision")))
        case .suspension:
            return .engine(
                .suspension(node: try members.number("node"), isSuspended: try members.truth("suspended")))
        case .rule: return .engine(.rule(try rule(&members)))
        case .ruleRemoved: return .engine(.ruleRemoved(try members.number("number")))
        case .undoKept: return .engine(.undoKept(try undo(&members)))
        case .undoSettled:
            guard let job = try members.optionalJob("job") else { throw members.malformed("job") }
            return .engine(.undoSettled(CommandKey(job: job, step: try members.number("step"), isUndo: true)))
        case .loginsEnded: return .engine(.loginsEnded(try loginsEnded(&members)))
        case .numbers: return .engine(.numbers(through: try members.number("through")))
        case .session: return .sessionAdded(try session(&members), asOf: try members.number("as_of"))
        case .sessionEnded: return .sessionEnded(try members.text("id"))
        case .token: return .tokenAdded(try token(&members), asOf: try members.number("as_of"))
        case .tokenEnded: return .tokenEnded(try members.text("id"))
        case .lock: return .lockSet(try lock(&members))
        case .lockLifted: return .lockLifted(try members.text("id"))
        case .member: return .member(try member(&members))
        case .memberRemoved: return .memberRemoved(try members.number("node"))
        case .invitation: return .invitation(try invitation(&members))
        case .invitationUsed: return .invitationUsed(node: try members.number("node"), try use(&members))
        case .invitationWithdrawn: return .invitationWithdrawn(try members.number("node"))
        case .certificate: return .certificateIssued(try certificate(ofNode: &members))
        case .certificatesRevoked:
            return .certificatesRevoked(
                ofNode: try members.number("node"), at: try members.time("at"), by: try members.optionalJob("job"))
        case .file: return .file(try file(&members))
        case .fileRemoved: return .fileRemoved(try members.text("path"))
        case .bucketFile: return .bucketFile(try bucketEntry(&members))
        case .bucketFileRemoved: return .bucketFileRemoved(try bucketFile(&members))
        case .bucketForgotten: return .bucketForgotten(try bucket(&members))
        case .bucketsListed: return .bucketsListed
        case .archive:
            return .archive(
                ArchiveOrder(
                    after: try members.number("after"), through: try members.number("through"),
                    kept: try members.numbers("kept"), at: try members.time("at")))
        case .level: return .level(try members.number("level"))
        case .term: return .termBegun(node: try members.number("node"), at: try members.time("at"))
        }
    }

    // MARK: What an engine decided

    private static func job(
        _ members: inout RecordMembers, from reader: inout BatchReader
    ) throws(ReplicatedBatchError) -> ReplicatedJob {
        guard let bytes = reader.next(try members.number("bytes")) else { throw members.malformed("bytes") }
        return try ReplicatedJob(&members, bytes: bytes)
    }

    private static func revision(
        _ members: inout RecordMembers, _ texts: inout RevisionTexts
    ) throws(ReplicatedBatchError) -> RevisionRecord {
        let job = try members.optionalJob("job")
        var revision = RevisionRecord(
            number: try members.number("number"), text: try texts.next(&members), sha256: try members.text("sha256"),
            checksum: try members.text("checksum"), job: job, user: try members.text("user"),
            reason: try members.optionalText("reason"), at: try members.time("at"))
        if let nodes = members.optionalValue("nodes") {
            guard let list = nodes.list else { throw members.malformed("nodes") }
            revision.acknowledgements = try acknowledgements(list, members)
        }
        return revision
    }

    private static func acknowledgements(
        _ list: [Value], _ members: RecordMembers
    ) throws(ReplicatedBatchError) -> [Acknowledgement] {
        let nodes = list.compactMap(Acknowledgement.init)
        guard nodes.map(\.value) == list, nodes.allSatisfy({ RecordMembers.isNumber($0.node) }) else {
            throw members.malformed("nodes")
        }
        return nodes
    }

    private static func rule(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> QueueRule {
        let value = try members.value("rule")
        guard let rule = QueueRule(value), rule.value == value, RecordMembers.isNumber(rule.number) else {
            throw members.malformed("rule")
        }
        return rule
    }

    private static func undo(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> KeptUndo {
        let value = try members.value("undo")
        guard let undo = KeptUndo(value), undo.value == value, RecordMembers.isNumber(undo.step),
            RecordMembers.isNumber(undo.node), RecordMembers.isNumber(undo.job.number)
        else { throw members.malformed("undo") }
        return undo
    }

    private static func loginsEnded(
        _ members: inout RecordMembers
    ) throws(ReplicatedBatchError) -> EndedLogins {
        var ended = EndedLogins(Set(try members.texts("users")))
        ended.sessions = try members.each("sessions") { (inner) throws(ReplicatedBatchError) in
            EndedLogins.Sessions(of: try inner.text("user"), but: try inner.optionalText("but"))
        }
        return ended
    }

    // MARK: Logins

    private static func session(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> Session {
        guard let method = Principal.Method(rawValue: try members.text("opened_by")) else {
            throw members.malformed("opened_by")
        }
        return Session(
            id: try members.text("id"), tokenHash: try members.hash("hash"), user: try members.text("user"),
            openedBy: method, certificate: try certificate(&members), address: try members.text("address"),
            openedAt: try members.milliseconds("opened_at"), lastUsedAt: try members.milliseconds("used_at"),
            expiresAt: try members.milliseconds("expires_at"))
    }

    private static func token(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> APIToken {
        APIToken(
            id: try members.text("id"), secretHash: try members.hash("hash"), name: try members.text("name"),
            user: try members.text("user"), roles: try members.optionalTexts("roles"),
            certificate: try certificate(&members), madeAt: try members.milliseconds("made_at"),
            expiresAt: try members.optionalMilliseconds("expires_at"),
            lastUsedAt: try members.optionalMilliseconds("used_at"))
    }

    private static func certificate(
        _ members: inout RecordMembers
    ) throws(ReplicatedBatchError) -> CertificateID? {
        guard let value = members.optionalValue("certificate") else { return nil }
        guard value.map?.count == 2, let issuer = value["issuer"]?.string.flatMap({ Hex.bytes($0) }),
            let serialNumber = value["serial"]?.string
        else { throw members.malformed("certificate") }
        return CertificateID(issuer: issuer, serialNumber: serialNumber)
    }

    private static func lock(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> ReplicatedLock {
        let subject: ReplicatedLock.Subject
        switch try members.text("subject") {
        case "user": subject = .user(try members.text("user"))
        case "address": subject = .address
        case "tokens": subject = .tokens
        default: throw members.malformed("subject")
        }
        return ReplicatedLock(
            id: try members.text("id"), subject: subject, address: try members.text("address"),
            setAt: try members.time("set_at"), until: try members.time("until"))
    }

    // MARK: The cluster

    private static func member(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> ReplicatedMember {
        ReplicatedMember(
            node: try members.number("node"), id: try members.text("id"), address: try members.text("address"),
            port: try members.number("port"), peerPort: try members.number("peer_port"),
            since: try members.time("since"))
    }

    private static func file(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> ReplicatedFile {
        let file = ReplicatedFile(
            path: try members.text("path"), revision: try members.number("revision"),
            sha256: try members.text("sha256"), mode: try members.number("mode"), nodes: try members.numbers("nodes"))
        guard let file else { throw members.malformed("path") }
        return file
    }
}
