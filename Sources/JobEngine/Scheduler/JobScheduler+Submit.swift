import Access
import DequeModule
import EXAConf
import Synchronization

extension JobScheduler {
    /// Takes a job.
    ///
    /// The job, as it stands on return, is durable; a job that only reads the configuration has ended by then.
    ///
    /// - Throws: ``JobError`` for an unknown job, faulty parameters, a missing right, a full queue, an idempotency key
    ///   that stands for another request, or a store that cannot write. Nothing was taken then.
    package nonisolated func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
        let (definition, arguments) = try check(request)
        let digest = request.idempotencyKey.map { _ in
            request.digest(without: definition.secrets(in: request.parameters))
        }
        if let earlier = try await earlierJob(request, digest) { return earlier }
        try await checkConditions(request, definition)
        let record = try await newRecord(request, definition, arguments)
        if case .answer(let answer) = definition.work, request.dependencies.isEmpty {
            return try await answerAtOnce(record, definition, arguments, request, digest, answer)
        }
        return try await enqueue(record, definition, arguments, digest, request)
    }

    /// What a request asks for, once it is one the caller may make.
    nonisolated func check(_ request: JobRequest) throws(JobError) -> (JobDefinition, Arguments) {
        let definition = try catalogue.definition(request.type)
        // The right comes first: who may not run the job learns nothing of its parameters.
        try permit(request, definition, Arguments(request.parameters))
        let arguments = try self.arguments(of: definition, request)
        if request.isVolatile, definition.leavesTrace(arguments) {
            throw JobError(
                .parameterInvalid, "\(definition.name) leaves a trace on purpose: only read jobs can be volatile.",
                faults: [.init(pointer: "/volatile", code: .parameterInvalid, text: "Only read jobs can be volatile.")])
        }
        return (definition, arguments)
    }

    /// The parameters of a request, none of which gives a secret away.
    nonisolated func arguments(of definition: JobDefinition, _ request: JobRequest) throws(JobError) -> Arguments {
        try MisplacedKey.refuse(request, secrets: definition.secrets(in: request.parameters))
        return try ArgumentCheck.arguments(of: definition, from: request.parameters)
    }

    /// Refuses a request that does not fit the state of things; one that is repeated is not asked again.
    nonisolated func checkConditions(_ request: JobRequest, _ definition: JobDefinition) async throws(JobError) {
        try requireBase(request, definition)
        if let conflict = await conflict(request.baseRevision, with: configuration, for: request.principal) {
            throw conflict
        }
        try await checkDependencies(request)
    }

    /// Says whether the principal may run the job on the object its arguments name.
    nonisolated func permit(
        _ request: JobRequest, _ definition: JobDefinition, _ arguments: Arguments
    ) throws(JobError) {
        let answer = definition.permission.permits(
            request.principal, owner: definition.owner(arguments, configuration.document),
            subject: definition.subject.flatMap { arguments.string($0) })
        guard case .denied(let groups, let users) = answer else { return }
        let who = (users + groups.map { "group \($0)" }).joined(separator: ", ")
        throw JobError(
            .permissionDenied,
            "User '\(request.principal.name)' may not run \(definition.name). It is allowed for: \(who).",
            details: ["allowed_groups": .strings(groups), "allowed_users": .strings(users)])
    }

    private nonisolated func earlierJob(
        _ request: JobRequest, _ digest: String?
    ) async throws(JobError) -> JobRecord? {
        guard let key = request.idempotencyKey else { return nil }
        return try await earlierJob(of: request.principal.name, request.request.scope(key), digest)
    }

    /// The job an idempotency key made.
    ///
    /// - Throws: ``JobError/Code/idempotencyKeyReused`` when that was another request.
    nonisolated func earlierJob(
        of user: String, _ key: String, _ digest: String?
    ) async throws(JobError) -> JobRecord? {
        let known = try await asking { (store) throws(StoreError) in
            try await store.job(user: user, idempotencyKey: key)
        }
        guard let known else { return nil }
        guard known.digest == digest else {
            throw JobError(
                .idempotencyKeyReused,
                "The idempotency key was used for another request, job \(known.id). Use a new key for each request.")
        }
        return try await record(known.id)
    }

    nonisolated func newRecord(
        _ request: JobRequest, _ definition: JobDefinition, _ arguments: Arguments
    ) async throws(JobError) -> JobRecord {
        let number = try await JobError.wrapping { () async throws(StoreError) in try await numbers.next() }
        let secrets = definition.secrets(in: arguments.values)
        let kept = arguments.values.redacting(secrets)
        var record = JobRecord(
            id: JobID(node: cluster.status.ownNode, number: number), type: definition.name,
            mode: definition.changesConfiguration(arguments) ? .modify : .read,
            parameters: kept, requester: JobRecord.Requester(request.principal),
            request: request.request,
            scheduling: .init(waits: request.waits, isVolatile: request.isVolatile), submittedAt: now)
        record.intent = request.intent
        record.idempotencyKey = request.idempotencyKey
        record.hadSecrets = kept != arguments.values
        record.expectedRevision = request.baseRevision
        record.priority = request.priority
        record.timeout = request.timeout
        record.dependencies = request.dependencies
        record.retryOf = request.retryOf
        record.warnings = request.warnings
        record.request.body = request.body(secrets: secrets)
        return record
    }

    private nonisolated func answerAtOnce(
        _ record: JobRecord, _ definition: JobDefinition, _ arguments: Arguments, _ request: JobRequest,
        _ digest: String?, _ answer: (JobContext) throws(JobError) -> Value?
    ) async throws(JobError) -> JobRecord {
        let answered = self.answered(record, arguments, request.principal, answer)
        let kept = answered.redactingResult(definition.secretResults)
        if !request.isVolatile, let earlier = try await keep(kept, digest: digest) { return earlier }
        tellAnswer(kept, told: answered)
        return answered
    }

    /// The record of a job that was answered from the configuration as it is now.
    nonisolated func answered(
        _ record: JobRecord, _ arguments: Arguments, _ principal: Principal,
        _ answer: (JobContext) throws(JobError) -> Value?
    ) -> JobRecord {
        let configuration = configuration
        var context = context(record.id, principal, arguments, configuration.document)
        context.address = record.request.address
        var pipeline = Pipeline(queued: record, changesConfiguration: false)
        do throws(JobError) {
            let output = try answer(context)
            _ = pipeline.handle(.accepted(base: configuration.revision, commands: []), at: now)
            _ = pipeline.handle(.concluded(output: output, revision: nil), at: now)
        } catch {
            _ = pipeline.handle(.declined(error), at: now)
        }
        return pipeline.record
    }

    /// Tells of a job that was answered at once, after it is durable.
    nonisolated func tellAnswer(_ kept: JobRecord, told: JobRecord) {
        tell(kept.stages(since: nil) + kept.end, of: kept)
        recent.withLock { $0.insert(kept, told: kept == told ? nil : told.result) }
    }

    private nonisolated func enqueue(
        _ record: JobRecord, _ definition: JobDefinition, _ arguments: Arguments, _ digest: String?,
        _ request: JobRequest
    ) async throws(JobError) -> JobRecord {
        try await makeRoom(for: definition.isLook ? [] : [record], looks: definition.isLook ? 1 : 0)
        let revision = try await earlier(definition, arguments)
        if !request.isVolatile, let earlier = try await keep(record, digest: digest) {
            return earlier
        }
        tell(record.stages(since: nil), of: record)
        let pipeline = Pipeline(
            queued: record, changesConfiguration: definition.changesConfiguration(arguments))
        var job = LiveJob(pipeline: pipeline, definition: definition, arguments: arguments)
        job.earlier = revision
        return await enter(job)
    }

    /// Refuses jobs there is no room for, or a rule keeps out; looks have room of their own, and no rule speaks of them.
    func makeRoom(for jobs: [JobRecord], looks: Int) throws(JobError) {
        if isDraining {
            throw JobError(.shuttingDown, "The daemon is stopping; send the request again when it is back.")
        }
        if live.count + jobs.count + looks > settings.queueLimit {
            let looking = live.values.count { $0.definition.isLook }
            let others = live.count - looking
            if !jobs.isEmpty, others + jobs.count > settings.queueLimit { throw Self.full(others) }
            if looks > 0, looking + looks > settings.queueLimit { throw Self.full(looking) }
        }
        for job in jobs { try refuseDrained(job) }
    }

    private static func full(_ count: Int) -> JobError {
        JobError(.queueFull, "There are \(count) jobs that have not ended. Try again later.")
    }

    /// Makes a new job durable.
    ///
    /// - Returns: The job that took the same idempotency key a moment earlier, if there is one.
    /// - Throws: ``JobError/Code/idempotencyKeyReused`` when that was another request.
    private nonisolated func keep(_ record: JobRecord, digest: String?) async throws(JobError) -> JobRecord? {
        var write = StoreWrite(job: record)
        if let digest { write.requestDigests[record.id] = digest }
        do throws(StoreError) {
            try await store.apply(write)
            return nil
        } catch {
            guard case .keyTaken = error, let key = record.scopedKey,
                let earlier = try await earlierJob(of: record.requester.name, key, digest)
            else { throw JobError(error) }
            return earlier
        }
    }

    nonisolated func context(
        _ id: JobID, _ principal: Principal, _ arguments: Arguments, _ document: Document
    ) -> JobContext {
        var context = JobContext(
            id: id, principal: principal, arguments: arguments, document: document, cluster: clusterStatus(), now: now,
            random: random)
        context.portHolder = { [cluster] in cluster.holder(ofPort: $0) }
        context.policy = settings.policy
        return context
    }
}

extension JobRecord {
    /// The record as it may be kept, passwords in its result as `***`.
    func redactingResult(_ secrets: Set<String>) -> JobRecord {
        guard !secrets.isEmpty, let output = result?.output else { return self }
        var copy = self
        copy.result?.output = output.redacting(members: secrets)
        return copy
    }
}
