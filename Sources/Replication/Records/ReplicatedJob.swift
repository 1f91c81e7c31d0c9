package import JobEngine
package import Values

/// A job as it stands in the log: the bytes every node stores, and beside them what a store looks jobs up by, so that no node has
/// to read the bytes to store them.
package struct ReplicatedJob: Sendable, Hashable {
    /// Names it in the whole cluster.
    package let id: JobID
    /// The name of its definition.
    package let type: String
    /// Whether it may change the configuration.
    package let mode: JobMode
    /// Who asked for it.
    package let user: String
    /// When it was taken.
    package let submittedAt: Timestamp
    /// How far it is.
    package let stage: Stage
    /// How it ended, `nil` while it has not.
    package let outcome: Outcome?
    /// The revision it made.
    package let revision: Int?
    /// Its idempotency key, with what keeps those of other interfaces apart.
    package let key: String?
    /// That of its request, when it is told with this state of the job.
    package var digest: String?
    /// ``JobRecord/searchText``.
    package let searchText: String
    /// The whole job as a JSON object.
    package let bytes: [UInt8]

    /// A job as it stands now.
    ///
    /// - Parameter bytes: As another node has stored it; by default as this version writes it.
    package init(_ job: JobRecord, digest: String?, bytes: [UInt8]? = nil) {
        id = job.id
        type = job.type
        mode = job.mode
        user = job.requester.name
        submittedAt = job.times[.submitted] ?? Timestamp(milliseconds: 0)
        stage = job.stage
        outcome = job.outcome
        revision = job.revision
        key = job.scopedKey
        self.digest = digest
        searchText = job.searchText
        self.bytes = bytes ?? JSON.bytes(job.value)
    }

    /// Whether nothing more will happen to it.
    package var isDone: Bool { outcome != nil }

    // What was made here or by another node is trusted to be large; the depth still bounds the reader's stack.
    private static let limits = JSON.Limits(depth: 200, count: 20_000_000)

    /// The job itself, `nil` when the bytes are none that this version understands.
    package var record: JobRecord? {
        guard let value = try? JSON.parse(bytes, limits: Self.limits), let job = JobRecord(exactly: value),
            job.id == id
        else { return nil }
        return job
    }
}

// MARK: The form it has in the log

extension ReplicatedJob {
    /// What stands before its bytes.
    var head: [String: Value?] {
        [
            "id": .string(id.description), "type": .string(type), "mode": .string(mode.rawValue),
            "user": .string(user), "submitted": submittedAt.value, "stage": .string(stage.rawValue),
            "outcome": outcome.map { .string($0.rawValue) }, "revision": revision.map(Value.int),
            "key": key.map(Value.string), "digest": digest.map(Value.string), "text": .string(searchText),
            "bytes": .int(bytes.count),
        ]
    }

    /// - Parameter bytes: As many as the head says.
    init(_ members: inout RecordMembers, bytes: ArraySlice<UInt8>) throws(ReplicatedBatchError) {
        guard let id = JobID(try members.text("id")), RecordMembers.isNumber(id.number),
            RecordMembers.isNumber(id.node)
        else { throw members.malformed("id") }
        guard let mode = JobMode(rawValue: try members.text("mode")) else { throw members.malformed("mode") }
        guard let stage = Stage(rawValue: try members.text("stage")) else { throw members.malformed("stage") }
        var outcome: Outcome?
        if let text = try members.optionalText("outcome") {
            guard let known = Outcome(rawValue: text) else { throw members.malformed("outcome") }
            outcome = known
        }
        (self.id, self.mode, self.stage, self.outcome) = (id, mode, stage, outcome)
        type = try members.text("type")
        user = try members.text("user")
        submittedAt = try members.time("submitted")
        revision = try members.optionalNumber("revision")
        key = try members.optionalText("key")
        digest = try members.optionalText("digest")
        searchText = try members.text("text")
        self.bytes = Array(bytes)
    }
}
