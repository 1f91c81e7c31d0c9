import Values

extension JobField {
    /// Every member of a job's record, in the order of job files.
    package static let all: [JobField] = identity + request + queue + progress + end

    private static let identity: [JobField] = [
        JobField("job_id", .text, text: "Names the job for ever: <node>.<counter>.") {
            .string($0.id.description)
        } read: { _, _ in
        }.always.row(.job, "ID"),
        JobField("type", .text, text: "The job's type.") {
            .string($0.type)
        } read: { _, _ in
        }.always
            .row(.job, "Type"),
        JobField(
            "mode", .word(JobMode.allCases.map(\.rawValue)), text: "Whether it may change the configuration."
        ) {
            .string($0.mode.rawValue)
        } read: { _, _ in
        }.always.row(.job, "Mode"),
        JobField(
            "stage", .word(Stage.allCases.map(\.rawValue)), text: "How far it has come; it never goes back."
        ) {
            .string($0.stage.rawValue)
        } read: { _, _ in
        }.always.row(.job, "Stage"),
        JobField("outcome", .openWord(Outcome.allCases.map(\.rawValue)), text: "How it ended; absent until then.") {
            $0.outcome.map { .string($0.rawValue) }
        } read: {
            $0.outcome = $1.string.flatMap(Outcome.init)
        }.row(.job, "Outcome") { $0.outcome?.rawValue ?? "(not ended)" },
        .derived("done", .truth, text: "Whether nothing more will happen to it.") { .bool($0.isDone) }.always,
        JobField("reason", .text, text: "What the caller said it is for.") {
            $0.intent.map(Value.string)
        } read: {
            $0.intent = $1.string
        }.stored(as: "intent").row(.job, "Intent"),
        .derived("user", .text, text: "Who asked for it.") { .string($0.requester.name) }.always
            .row(.job, "User"),
        .kept("requester") {
            $0.requester.value
        } read: { _, _ in
        }
        .row(.job, "UserID") { $0.requester.userID.map(String.init) }
        .row(.job, "Roles") { $0.requester.roles.joined(separator: ", ") },
        JobField("params", .object("JobParameters"), text: "") {
            .map($0.parameters)
        } read: { _, _ in
        }.always
            .row(.job, "Parameters"),
    ]

    private static let request: [JobField] = [
        JobField("request", .object("JobOrigin"), text: "") {
            $0.origin
        } read: { _, _ in
        }.always
            .stored { $0.request.value },
        .kept("scheduling") {
            ["waits": .bool($0.scheduling.waits), "volatile": .bool($0.scheduling.isVolatile)]
        } read: { _, _ in
        }
        .row(.scheduling, "Mode") { $0.scheduling.waits ? "synchronous" : "asynchronous" },
        .kept("idempotency_key") {
            $0.idempotencyKey.map(Value.string)
        } read: {
            $0.idempotencyKey = $1.string
        }
        .row(.scheduling, "IdempotencyKey"),
        .kept("had_secrets") {
            $0.hadSecrets ? true : nil
        } read: {
            $0.hadSecrets = $1.bool ?? false
        },
        .kept("expected_revision") {
            $0.expectedRevision.map(Value.int)
        } read: {
            $0.expectedRevision = $1.int
        }
        .row(.scheduling, "ExpectedRevision"),
        JobField(
            "priority", .word(JobPriority.allCases.map(\.rawValue)),
            text: "Its place among those that wait for the same thing."
        ) {
            .string($0.priority.rawValue)
        } read: {
            $0.priority = $1.string.flatMap(JobPriority.init) ?? .normal
        }.always.stored { $0.priority == .normal ? nil : .string($0.priority.rawValue) },
        JobField("timeout_s", .number, text: "How many seconds it may take, the time in the queue included.") {
            $0.timeout.map(Value.seconds)
        } read: {
            $0.timeout = $1.int.map { .milliseconds($0) }
        }.stored(as: "timeout_ms") { $0.timeout.map { .int(Int($0 / .milliseconds(1))) } },
        JobField("depends_on", .list(.jobID), text: "The jobs that have to end well before it begins.") {
            $0.dependencies.isEmpty ? nil : .ids($0.dependencies)
        } read: {
            $0.dependencies = $1.ids ?? []
        },
        JobField("retry_of", .text, text: "The job it repeats.") {
            $0.retryOf.map { .string($0.description) }
        } read: {
            $0.retryOf = $1.string.flatMap { JobID($0) }
        },
        .kept("batch") {
            $0.batch.isEmpty ? nil : .ids($0.batch)
        } read: {
            $0.batch = $1.ids ?? []
        },
        .kept("batch_of") {
            $0.batchOf.map { .string($0.description) }
        } read: {
            $0.batchOf = $1.string.flatMap { JobID($0) }
        },
        JobField("warnings", .list(.object("JobWarning")), text: "What whoever asked for it should know.") {
            $0.warnings.isEmpty ? nil : .list($0.warnings.map(\.value))
        } read: {
            $0.warnings = $1.list?.compactMap(JobWarning.init) ?? []
        },
    ]

    private static let queue: [JobField] =
        [
            .kept("times") {
                .map(Dictionary(uniqueKeysWithValues: $0.times.map { ($0.rawValue, $1.value) }))
            } read: { record, times in
                for (name, moment) in times.map ?? [:] {
                    if let stage = Stage(rawValue: name) { record.times[stage] = Timestamp(moment) }
                }
            }
        ]
        + Stage.allCases.map { stage in
            let field = JobField.derived("\(stage.rawValue)_at", .moment, text: "When it was \(stage.rawValue).") {
                $0.times[stage].map(Value.time)
            }.row(.stages, stage.rawValue)
            return stage == .submitted ? field.always : field
        } + [
            JobField("base_revision", .int, text: "The revision it was examined against.") {
                $0.baseRevision.map(Value.int)
            } read: {
                $0.baseRevision = $1.int
            }.row(.scheduling, "BaseRevision"),
            JobField("revision", .int, text: "The revision it made.") {
                $0.revision.map(Value.int)
            } read: {
                $0.revision = $1.int
            }.row(.scheduling, "Revision"),
            JobField("waiting_for", .list(.object("JobObstacle")), text: "Why it does not run yet.") { job in
                job.waitingFor.isEmpty ? nil : .list(job.waitingFor.map { $0.shown(since: job.waitingSince) })
            } read: {
                $0.waitingFor = $1.list?.compactMap(JobRecord.Obstacle.init) ?? []
            }.stored { $0.waitingFor.isEmpty ? nil : .list($0.waitingFor.map(\.value)) }
                .row(.scheduling, "WaitingFor") { $0.waitingFor.isEmpty ? nil : $0.waitingFor.words },
            JobField(
                "cancel_state", .word(JobRecord.Cancellation.allCases.map(\.rawValue)),
                text: "How far the wish to stop it has come."
            ) {
                $0.cancellation.map { .string($0.rawValue) }
            } read: {
                $0.cancellation = $1.string.flatMap(JobRecord.Cancellation.init)
            }.row(.scheduling, "Cancel"),
        ]

    private static let progress: [JobField] = [
        .derived("progress", .object("JobProgress"), text: "") { $0.progress?.value },
        JobField("commands", .list(.object("JobCommand")), text: "What it ran, in order.") {
            $0.commands.isEmpty ? nil : .list($0.commands.map(\.shown))
        } read: {
            $0.commands = $1.list?.compactMap(CommandRecord.init) ?? []
        }.stored { $0.commands.isEmpty ? nil : .list($0.commands.map(\.value)) },
    ]

    private static let end: [JobField] = [
        JobField("ended_at", .moment, text: "When it ended.") {
            $0.endedAt.map(Value.time)
        } read: {
            $0.endedAt = Timestamp($1)
        }.stored { $0.endedAt?.value }.row(.result, "Ended") { $0.endedAt?.description },
        JobField("result", .object("JobResult"), text: "") {
            $0.result?.value
        } read: {
            $0.result = JobResult($1)
        }.row(.result, "Code") { $0.result.map { String($0.code) } }
            .row(.result, "Name") { $0.result?.name }
            .row(.result, "Description") { $0.result?.text }
            .row(.result, "Output") { $0.result?.output.map(JSON.text) },
        JobField("error_code", .text, text: "The code of the error it ended with; /problems/{code} explains it.") {
            $0.errorCode.map { .string($0.rawValue) }
        } read: {
            $0.errorCode = $1.string.flatMap(JobError.Code.init)
        },
        JobField("error_details", .object("JobErrorDetails"), text: "") {
            $0.errorDetails.isEmpty ? nil : .map($0.errorDetails)
        } read: {
            $0.errorDetails = $1.map ?? [:]
        },
        JobField("sync", .list(.object("NodeAcknowledgement")), text: "Which nodes have its revision.") {
            $0.acknowledgements.isEmpty ? nil : .list($0.acknowledgements.map(\.shown))
        } read: {
            $0.acknowledgements = $1.list?.compactMap(Acknowledgement.init) ?? []
        }.stored { $0.acknowledgements.isEmpty ? nil : .list($0.acknowledgements.map(\.value)) },
    ]
}

extension Value {
    fileprivate static func ids(_ ids: [JobID]) -> Value { .strings(ids.map(\.description)) }

    fileprivate var ids: [JobID]? { list?.compactMap { $0.string.flatMap { JobID($0) } } }
}

extension [JobRecord.Obstacle] {
    /// For people, with commas between.
    fileprivate var words: String {
        map { "\($0.kind) \($0.name)" + ($0.holder.map { " held by job \($0)" } ?? "") }.joined(separator: ", ")
    }
}
