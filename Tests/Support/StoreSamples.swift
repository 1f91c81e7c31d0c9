package import JobEngine
import Values

extension JobRecord {
    /// A job as it was taken at a time in milliseconds, the number of it behind a fixed one unless it is said.
    package static func sample(
        _ number: Int, node: Int = 11, type: String = "db_list", user: String = "admin", at: Int? = nil,
        outcome: Outcome? = nil, key: String? = nil, roles: [String] = ["exaadm"]
    ) -> JobRecord {
        var record = JobRecord(
            id: JobID(node: node, number: number), type: type, mode: .read,
            parameters: ["db_name": "DB1", "nodes": [11, 12]], requester: Requester(name: user, roles: roles),
            request: Request(dialect: "rest", address: "10.0.0.1"), scheduling: Scheduling(waits: true),
            submittedAt: Timestamp(milliseconds: at ?? 1_700_000_000_000 + number))
        record.idempotencyKey = key
        record.outcome = outcome
        if outcome != nil { record.stage = .finished }
        return record
    }

    /// A job that ended well the moment it was taken.
    package static func ended(_ number: Int, at time: Int? = nil, user: String = "admin") -> JobRecord {
        var record = sample(number, user: user, at: time, outcome: .ok)
        record.endedAt = record.times[.submitted]
        return record
    }
}

extension RevisionRecord {
    /// A revision whose digests name it and are none.
    package static func sample(_ number: Int, text: String? = nil) -> RevisionRecord {
        RevisionRecord(
            number: number, text: text ?? "[Global]\n    Revision = \(number)\n",
            sha256: "sha \(number) \(text?.count ?? 0)",
            checksum: "sum \(number)", job: JobID(node: 11, number: number + 100), user: "admin", reason: "why not",
            at: Timestamp(milliseconds: 1_700_000_000_000 + number))
    }
}

extension StoreWrite {
    /// Stores jobs and changes nothing else.
    package init(jobs: [JobRecord]) {
        self.init()
        self.jobs = jobs
    }

    /// Adds revisions on a head, on any when it is `nil`, and changes nothing else.
    package init(revisions: [RevisionRecord], on head: Int?) {
        self.init()
        self.revisions = revisions
        expectedHead = head
    }

    /// A change of nothing that is then changed.
    package init(_ change: (inout StoreWrite) -> Void) {
        self.init()
        change(&self)
    }
}
