import Access
import Application
import JobEngine
import Values

/// An entry of the history as an object of an answer.
struct HistoryRepresentation {
    let entry: HistoryEntry

    var value: Value {
        var members = details
        members["time"] = .string(entry.time.description)
        members["kind"] = .string(entry.kind)
        members["user"] = entry.user.map(Value.string)
        members["objects"] = entry.objects.isEmpty ? nil : .strings(entry.objects)
        return .members(members)
    }

    private var details: [String: Value?] {
        switch entry.record {
        case .job(let job): Self.details(of: job)
        case .revision(let revision):
            [
                "revision": .int(revision.number), "job_id": revision.job.map { .string($0.description) },
                "reason": revision.reason.map(Value.string), "checksum": .string(revision.checksum),
            ]
        case .audit(let entry, let node):
            entry.event.members.filter { $0.key != "event" }
                .merging(["seq": .int(entry.sequence), "node": .int(node)]) { _, own in own }
        }
    }

    private static func details(of job: JobRecord) -> [String: Value?] {
        [
            "job_id": .string(job.id.description), "type": .string(job.type), "mode": .string(job.mode.rawValue),
            "outcome": job.outcome.map { .string($0.rawValue) },
            "stage": job.isDone ? nil : .string(job.stage.rawValue),
            "error_code": job.errorCode.map { .string($0.rawValue) },
            "revision": job.revision.map(Value.int), "reason": job.intent.map(Value.string),
            "ended_at": job.endedAt.map(Value.time),
            "client_addr": job.request.address.isEmpty ? nil : .string(job.request.address),
            "request_id": job.request.requestID.isEmpty ? nil : .string(job.request.requestID),
        ]
    }
}
