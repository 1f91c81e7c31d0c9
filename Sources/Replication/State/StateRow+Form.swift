import ClusterLog
import JobEngine
import Values

/// A line of a state.
enum StateLine {
    case head(StateHead)
    case row(StateRow)
    /// How many rows there were, and what all pieces before this one come to.
    case end(rows: Int, sha256: String)
}

/// The form of the lines, each a JSON object. Kinds are none of those of records, whose form is the log's.
extension StateLine {
    private enum Kind: String {
        case head = "state_head"
        case end = "state_end"
        case job = "stored_job"
        case archived = "archived_job"
        case loginsEnded = "logins_ended_with"
        case sessionsEnded = "sessions_ended_with"
    }

    /// - Parameter former: The text of the revision before it, which the next one is told against.
    func value(former: inout String?) -> Value {
        switch self {
        case .head(let head):
            return Self.form(
                .head,
                [
                    "form": .string(head.form.rawValue), "index": .int(head.end.place.index),
                    "chain": .string(head.end.place.chain.text), "generation": .int(head.end.term.generation),
                    "epoch": .int(head.end.term.epoch), "prefix": .bool(head.isPrefix), "level": .int(head.level),
                    "master": head.master.map(Value.int), "since": head.since?.value,
                    "next_number": .int(head.nextNumber), "ends": .int(head.ends),
                    "through": head.through.map(Value.int), "jobs_below": head.jobsBelow.map(Value.int),
                    "revisions_below": head.revisionsBelow.map(Value.int),
                ])
        case .end(let rows, let sha256): return Self.form(.end, ["rows": .int(rows), "sha256": .string(sha256)])
        case .row(.job(let job)): return Self.form(.job, Self.members(job))
        case .row(.archived(let job, let time)):
            return Self.form(.archived, Self.members(job).merging(["at": time.value]) { $1 })
        case .row(.record(let record)): return RecordForm.value(of: record, former: &former)
        case .row(.loginsEnded(let user, let revision)):
            return Self.form(.loginsEnded, ["user": .string(user), "revision": .int(revision)])
        case .row(.sessionsEnded(let user, let revision)):
            return Self.form(.sessionsEnded, ["user": .string(user), "revision": .int(revision)])
        }
    }

    // A record as text: how deep it is, and how much it has, is nothing to whoever hands it on.
    private static func members(_ job: StoredJob) -> [String: Value?] {
        [
            "record": .string(job.text), "digest": job.digest.map(Value.string), "end": job.end.map(Value.int),
            "holds_key": job.holdsKey ? true : nil,
        ]
    }

    private static func form(_ kind: Kind, _ members: [String: Value?]) -> Value {
        var members = members.compactMapValues { $0 }
        members["kind"] = .string(kind.rawValue)
        return .map(members)
    }

    /// Reads one line; what it leaves of the members is unknown.
    init(_ members: inout RecordMembers, _ texts: inout RevisionTexts) throws(ReplicatedBatchError) {
        switch Kind(rawValue: members.kind) {
        case .head: self = .head(try Self.head(&members))
        case .end: self = .end(rows: try members.number("rows"), sha256: try members.text("sha256"))
        case .job: self = .row(.job(try Self.job(&members)))
        case .archived:
            let job = try Self.job(&members)
            self = .row(.archived(job, at: try members.time("at")))
        case .loginsEnded:
            self = .row(
                .loginsEnded(user: try members.text("user"), revision: try members.number("revision")))
        case .sessionsEnded:
            self = .row(
                .sessionsEnded(user: try members.text("user"), revision: try members.number("revision")))
        case nil:
            // Jobs have rows of their own: no record of a state has bytes behind its line.
            var none = BatchReader([])
            self = .row(.record(try RecordForm.record(&members, &texts, from: &none)))
        }
    }

    private static func head(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> StateHead {
        guard let form = StateHead.Form(rawValue: try members.text("form")) else { throw members.malformed("form") }
        guard let chain = ChainValue(try members.text("chain")) else { throw members.malformed("chain") }
        let place = LogPlace(index: try members.number("index"), chain: chain)
        let term = Term(generation: try members.number("generation"), epoch: try members.number("epoch"))
        var head = StateHead(form, at: AppliedEntry(place, term: term))
        head.isPrefix = try members.truth("prefix")
        head.level = try members.number("level")
        head.master = try members.optionalNumber("master")
        head.since = try members.optionalMilliseconds("since").map { Timestamp(milliseconds: Int($0)) }
        head.nextNumber = try members.number("next_number")
        head.ends = try members.number("ends")
        head.through = try members.optionalNumber("through")
        head.jobsBelow = try members.optionalNumber("jobs_below")
        head.revisionsBelow = try members.optionalNumber("revisions_below")
        return head
    }

    private static func job(_ members: inout RecordMembers) throws(ReplicatedBatchError) -> StoredJob {
        var job = StoredJob(try members.text("record"))
        job.digest = try members.optionalText("digest")
        job.end = try members.optionalNumber("end")
        if let holds = members.optionalValue("holds_key") {
            guard holds == true else { throw members.malformed("holds_key") }
            job.holdsKey = true
        }
        return job
    }
}
