import Access
import Certificates
import JobEngine
package import Replication
import Values

/// Records as a log of a cluster may have them, the same for a seed in every run: jobs come, go on and end, and what goes was
/// there before.
package struct RandomRecords {
    private var generator: SequenceGenerator
    private var clock = 1_700_000_000_000
    private var number = 0
    private var open: [JobRecord] = []
    private var ended: [JobRecord] = []
    private var ends = 0
    private var head = 0
    private var lines = (1...40).map { "    Key\($0) = \($0)\n" }
    private var ids: [String: [String]] = [:]
    private var waiting: [ReplicatedRecord] = []

    package init(seed: UInt64) {
        generator = SequenceGenerator(seed: seed)
    }

    /// So many of them.
    package mutating func next(_ count: Int) -> [ReplicatedRecord] { (0..<count).map { _ in next() } }

    /// A number below another one.
    package mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<max(1, bound), using: &generator) }

    package mutating func next() -> ReplicatedRecord {
        if let record = waiting.popLast() { return record }
        clock += below(3_600_000)
        switch below(100) {
        case 0..<30: return open.count < 40 ? taken() : advanced()
        case 30..<62: return advanced()
        case 62..<65: return endedAgain()
        case 65..<73: return revision()
        case 73..<76: return .engine(.acknowledgements(acknowledgements(), revision: max(1, head - below(3))))
        case 76..<77: return undo()
        case 77..<79: return .engine(.suspension(node: 11 + below(4), isSuspended: truth()))
        case 79..<82: return rule()
        case 82..<83: return .engine(.ruleRemoved(ids["rule"]?.randomElement(using: &generator).flatMap(Int.init) ?? 1))
        case 83..<84: return .engine(.numbers(through: number + below(20)))
        case 84..<97: return clusterRecord()
        case 97..<98: return .level(1 + below(4))
        case 98..<99: return .termBegun(node: 11 + below(3), at: time)
        default: return archive()
        }
    }

    // MARK: Values

    private var time: Timestamp { Timestamp(milliseconds: clock) }

    private mutating func truth() -> Bool { below(2) == 0 }

    private mutating func text() -> String {
        let texts = [
            "", "admin", "a \"quoted\" \\ one\n", "\u{0}\u{1F}", "e\u{301}", "\u{E9}", "🦊 fox", "\u{FEFF}mark",
            "password=hunter2",
            "https://user:secret@host/path", "12", "null", String(repeating: "long ", count: 60),
        ]
        return texts[below(texts.count)]
    }

    private mutating func value(depth: Int = 3) -> Value {
        switch below(depth > 0 ? 8 : 6) {
        case 0: .null
        case 1: .bool(truth())
        case 2: .int(Int(truncatingIfNeeded: generator.next()))
        case 3: .double(Double(below(1_000_000)) / 7)
        case 4: .double([0, -1, 1e300, 2.5e-308, 1e20][below(5)])
        case 5: .string(text())
        case 6: .list((0..<below(4)).map { _ in value(depth: depth - 1) })
        default: .map(members(depth: depth - 1))
        }
    }

    private mutating func members(depth: Int = 2) -> [String: Value] {
        var members: [String: Value] = [:]
        for _ in 0..<below(4) { members["m\(below(5))"] = value(depth: depth) }
        return members
    }

    private mutating func bytes() -> [UInt8] { (0..<32).map { _ in UInt8(below(256)) } }

    private mutating func new(_ kind: String) -> String {
        let id = "\(kind)-\(ids[kind, default: []].count)-\(below(1000))"
        ids[kind, default: []].append(id)
        return id
    }

    private mutating func known(_ kind: String) -> String { ids[kind]?.randomElement(using: &generator) ?? "none" }

    private mutating func user() -> String { ["admin", "operator", "guest", "\u{FC}ser"][below(4)] }

    // MARK: Jobs

    private mutating func taken() -> ReplicatedRecord {
        number += 1 + below(3)
        var job = JobRecord.sample(
            number, node: 11 + below(3), type: ["db_list", "user_create", "db_start"][below(3)], user: user(), at: clock
        )
        job.intent = truth() ? text() : nil
        job.request.path = "/jobs"
        job.request.body = value()
        job.expectedRevision = truth() ? below(50) : nil
        job.timeout = truth() ? .milliseconds(below(100_000)) : nil
        job.priority = JobPriority.allCases[below(3)]
        job.dependencies = truth() ? [JobID(node: 11, number: 1 + below(number))] : []
        if below(4) == 0 { job.idempotencyKey = "key \(below(12))" }
        open.append(job)
        return .engine(.job(job, digest: job.idempotencyKey == nil ? nil : "digest \(number)"))
    }

    private mutating func advanced() -> ReplicatedRecord {
        if open.isEmpty { return taken() }
        let place = below(open.count)
        var job = open[place]
        if truth() {
            job.stage = Stage.allCases.first { $0 > job.stage && $0 < .finished } ?? job.stage
            job.times[job.stage] = time
            job.intent = truth() ? job.intent : text()
            var command = CommandRecord(action: "test.act", node: 12, arguments: members(), undo: "test.undo")
            command.startedAt = time
            command.output = truth() ? value() : nil
            job.commands.append(command)
            job.waitingFor = truth() ? [JobRecord.Obstacle(kind: "lock", name: "db:DB1")] : []
            open[place] = job
        } else {
            open.remove(at: place)
            job.stage = .finished
            job.outcome = Outcome.allCases[below(Outcome.allCases.count)]
            job.endedAt = time
            job.result = .success(value(), revision: head)
            job.errorDetails = members()
            ends += 1
            ended.append(job)
        }
        return .engine(.job(job, digest: nil))
    }

    private mutating func endedAgain() -> ReplicatedRecord {
        guard let last = ended.indices.last else { return taken() }
        let place = last - below(min(20, ended.count))
        ended[place].acknowledgements = acknowledgements()
        ended[place].stage = .committed
        return .engine(.job(ended[place], digest: nil))
    }

    private mutating func archive() -> ReplicatedRecord {
        let through = max(0, ends - below(30))
        let kept = ended.suffix(60).map(\.id.number).filter { _ in below(6) == 0 }
        return .archive(
            ArchiveOrder(after: truth() ? 0 : max(0, through - 300), through: through, kept: kept, at: time))
    }

    // MARK: The configuration and the queue

    private mutating func revision() -> ReplicatedRecord {
        head += 1
        for _ in 0..<below(3) { lines[below(lines.count)] = "    Changed = \(text().filter { $0 != "\n" })\n" }
        if below(10) == 0 { lines.insert("[New \(head)]\n", at: below(lines.count)) }
        var revision = RevisionRecord.sample(head, text: "[Global]\n    Revision = \(head)\n" + lines.joined())
        revision.acknowledgements = truth() ? acknowledgements() : []
        if below(3) == 0 {
            var users = EndedLogins(truth() ? [user()] : [])
            if truth() { users.sessions = [EndedLogins.Sessions(of: user(), but: truth() ? known("session") : nil)] }
            waiting.append(.engine(.loginsEnded(users)))
        }
        return .engine(.revision(revision))
    }

    private mutating func acknowledgements() -> [Acknowledgement] {
        (11..<(12 + below(4))).map { node in
            truth()
                ? Acknowledgement(node: node, state: .acknowledged, at: time)
                : Acknowledgement(node: node, state: Acknowledgement.State.allCases[1 + below(3)])
        }
    }

    /// In a log that is long enough some are kept in the end.
    private mutating func undo() -> ReplicatedRecord {
        let (job, step) = (JobID(node: 11, number: 1 + below(9)), below(3))
        if below(3) == 0 { return .engine(.undoSettled(CommandKey(job: job, step: step, isUndo: true))) }
        let command = CommandRecord(
            action: text(), node: 11 + below(4), arguments: ["a": .string(text())], undo: truth() ? text() : nil)
        return .engine(.undoKept(KeptUndo(job: job, step: step, type: text(), of: command, since: time)))
    }

    private mutating func rule() -> ReplicatedRecord {
        number += 1
        ids["rule", default: []].append(String(number))
        var rule = QueueRule(
            number: number, action: [.pause, .reject, .accept, .limit(1 + below(9))][below(4)], user: user(), at: time)
        rule.reason = truth() ? text() : nil
        rule.match.types = truth() ? ["db_*"] : []
        rule.expiresAt = truth() ? time : nil
        return .engine(.rule(rule))
    }

    // MARK: What only a cluster has

    private mutating func clusterRecord() -> ReplicatedRecord {
        switch below(22) {
        case 18, 19, 20, 21: return bucketRecord()
        case 0, 1, 2: return session()
        case 3: return .sessionEnded(known("session"))
        case 4, 5: return token()
        case 6: return .tokenEnded(known("token"))
        case 7:
            let subject: ReplicatedLock.Subject = [.user(user()), .address, .tokens][below(3)]
            return .lockSet(
                ReplicatedLock(
                    id: new("lock"), subject: subject, address: "10.0.0.\(below(9))", setAt: time,
                    until: Timestamp(milliseconds: clock + below(30_000_000))))
        case 8: return .lockLifted(known("lock"))
        case 9:
            return .member(
                ReplicatedMember(
                    node: 11 + below(5), id: new("member"), address: "10.0.0.1", port: below(65536),
                    peerPort: below(65536), since: time))
        case 10: return .memberRemoved(14 + below(3))
        case 11:
            let file = ReplicatedFile(
                path: "etc/ssl/file\(below(6)).pem", revision: head, sha256: Hex.text(bytes()), mode: below(0o1000),
                nodes: truth() ? [] : [11, 12])
            return file.map { .file($0) } ?? .level(1)
        case 12: return invitation()
        case 13:
            return .invitationUsed(
                node: 11 + below(5), InvitationUse(key: Hex.text(bytes()), at: time, from: "10.0.0.\(below(9))"))
        case 14: return .invitationWithdrawn(11 + below(5))
        case 15, 16: return nodeCertificate()
        default: return .fileRemoved("etc/ssl/file\(below(6)).pem")
        }
    }

    private mutating func bucketRecord() -> ReplicatedRecord {
        guard let bucket = BucketName("bucket\(below(3))", of: "bfs\(below(2))"),
            let name = BucketFileName("dir\(below(3))/file\(below(6))", in: bucket)
        else { return .bucketsListed }
        switch below(8) {
        case 0: return .bucketForgotten(bucket)
        case 1: return .bucketsListed
        case 2, 3: return .bucketFileRemoved(name)
        default:
            let entry = BucketEntry(
                name, size: below(1 << 40), sha256: Hex.text(bytes()), at: time, node: 11 + below(5), user: "w")
            return entry.map { .bucketFile($0) } ?? .bucketsListed
        }
    }

    private mutating func invitation() -> ReplicatedRecord {
        .invitation(
            ReplicatedInvitation(
                node: 11 + below(5), secretHash: bytes(), address: "10.0.0.\(below(9))",
                job: truth() ? nil : JobID(node: 11, number: 1 + below(9)), madeAt: time,
                expiresAt: Timestamp(milliseconds: clock + 3_600_000)))
    }

    private mutating func nodeCertificate() -> ReplicatedRecord {
        let node = 11 + below(5)
        if below(3) == 0 {
            return .certificatesRevoked(
                ofNode: node, at: time, by: truth() ? nil : JobID(node: 11, number: 1 + below(9)))
        }
        return .certificateIssued(
            ReplicatedCertificate(
                serialNumber: "0b\(10 + below(80))", node: node, member: new("member"), life: 1 + below(3),
                issuedAt: time, notAfter: Timestamp(milliseconds: clock + 1_000_000)))
    }

    private mutating func certificate() -> CertificateID? {
        truth() ? nil : CertificateID(issuer: bytes(), serialNumber: "0a\(10 + below(80))")
    }

    private mutating func session() -> ReplicatedRecord {
        .sessionAdded(
            Session(
                id: new("session"), tokenHash: bytes(), user: user(),
                openedBy: Principal.Method.allCases[below(Principal.Method.allCases.count)], certificate: certificate(),
                address: text(), openedAt: Int64(clock), lastUsedAt: Int64(clock), expiresAt: Int64(clock + 1)),
            asOf: head)
    }

    private mutating func token() -> ReplicatedRecord {
        .tokenAdded(
            APIToken(
                id: new("token"), secretHash: bytes(), name: text(), user: user(),
                roles: truth() ? nil : ["exaadm", "exausers"], certificate: certificate(), madeAt: Int64(clock),
                expiresAt: truth() ? nil : Int64(clock + below(100_000_000)), lastUsedAt: truth() ? nil : Int64(clock)),
            asOf: head)
    }
}
