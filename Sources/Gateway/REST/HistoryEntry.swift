import Access
import JobEngine
import Jobs
import Values

/// One thing that happened, from whichever record it comes.
struct HistoryEntry: Sendable {
    /// Where the entry comes from; its number counts within that source.
    enum Source: Int, Sendable, CaseIterable { case jobs, revisions, audit }

    let source: Source
    let number: Int
    let time: Timestamp
    let kind: String
    let user: String?
    /// What it is about; of a revision, what its job is about, once that was looked up.
    var objects: [String]
    /// The job that made a revision.
    let job: JobID?
    private let details: [String: Value?]

    init(_ job: JobRecord) {
        source = .jobs
        number = job.id.number
        time = job.times[.submitted] ?? Timestamp(milliseconds: 0)
        kind = "job"
        user = job.requester.name
        objects = job.objects
        self.job = job.id
        details = [
            "job_id": .string(job.id.description), "type": .string(job.type), "mode": .string(job.mode.rawValue),
            "outcome": job.outcome.map { .string($0.rawValue) },
            "stage": job.isDone ? nil : .string(job.stage.rawValue),
            "error_code": job.errorCode.map { .string($0.rawValue) },
            "revision": job.revision.map(Value.int), "reason": job.intent.map(Value.string),
            "ended_at": job.endedAt.map(JobRepresentation.time),
            "client_addr": job.request.address.isEmpty ? nil : .string(job.request.address),
            "request_id": job.request.requestID.isEmpty ? nil : .string(job.request.requestID),
        ]
    }

    init(_ revision: RevisionRecord) {
        source = .revisions
        number = revision.number
        time = revision.at
        kind = "revision"
        user = revision.user
        objects = []
        job = revision.job
        details = [
            "revision": .int(revision.number), "job_id": revision.job.map { .string($0.description) },
            "reason": revision.reason.map(Value.string), "checksum": .string(revision.checksum),
        ]
    }

    init(_ entry: AuditEntry) {
        source = .audit
        number = entry.sequence
        time = Timestamp(milliseconds: Int(entry.event.time))
        kind = entry.event.kind.rawValue
        user = entry.event.user
        objects = entry.event.objects
        job = nil
        var details = entry.event.members
        details["event"] = .some(nil)
        details["seq"] = .int(entry.sequence)
        self.details = details
    }

    var value: Value {
        var members = details
        members["time"] = .string(time.description)
        members["kind"] = .string(kind)
        members["user"] = user.map(Value.string)
        members["objects"] = objects.isEmpty ? nil : .strings(objects)
        return .members(members)
    }
}
