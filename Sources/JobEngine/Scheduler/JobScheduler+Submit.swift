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
        let definition = try catalogue.definition(request.type)
        // The right comes first: who may not run the job learns nothing of its parameters.
        try permit(request, definition, Arguments(request.parameters))
        let arguments = try ArgumentCheck.arguments(of: definition, from: request.parameters)
        if request.isVolatile, definition.changesConfiguration(arguments) {
            throw JobError(
                .parameterInvalid, "\(definition.name) leaves a trace on purpose: only read jobs can be volatile.",
                faults: [.init(pointer: "/volatile", code: .parameterInvalid, text: "Only read jobs can be volatile.")])
        }
        let digest = request.idempotencyKey.map { _ in request.digest(without: definition.secrets) }
        if let earlier = try await earlierJob(request, digest) { return earlier }
        let record = try await newRecord(request, definition, arguments)
        if case .answer(let answer) = definition.work {
            return try await answerAtOnce(record, definition, arguments, request, digest, answer)
        }
        return try await enqueue(record, definition, arguments, digest, request)
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
        let known = try await asking { (store) throws(StoreError) in
            try await store.job(user: request.principal.name, idempotencyKey: key)
        }
        guard let known else { return nil }
        guard known.digest == digest else {
            throw JobError(
                .idempotencyKeyReused,
                "The idempotency key was used for another request, job \(known.id). Use a new key for each request.")
        }
        return try await record(known.id)
    }

    private nonisolated func newRecord(
        _ request: JobRequest, _ definition: JobDefinition, _ arguments: Arguments
    ) async throws(JobError) -> JobRecord {
        let number = try await JobError.wrapping { () async throws(StoreError) in try await numbers.next() }
        let secrets = definition.secrets
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
        record.request.body = request.body(secrets: secrets)
        return record
    }

    private nonisolated func answerAtOnce(
        _ record: JobRecord, _ definition: JobDefinition, _ arguments: Arguments, _ request: JobRequest,
        _ digest: String?, _ answer: (JobContext) throws(JobError) -> Value?
    ) async throws(JobError) -> JobRecord {
        let configuration = configuration
        let context = context(record.id, request.principal, arguments, configuration.document)
        var pipeline = Pipeline(queued: record, changesConfiguration: false)
        do throws(JobError) {
            let output = try answer(context)
            _ = pipeline.handle(.accepted(base: configuration.revision, commands: []), at: now)
            _ = pipeline.handle(.concluded(output: output, revision: nil), at: now)
        } catch {
            _ = pipeline.handle(.declined(error), at: now)
        }
        let kept = pipeline.record.redactingResult(definition.secretResults)
        if !request.isVolatile, let earlier = try await keep(kept, digest: digest) { return earlier }
        recent.withLock { $0.insert(kept, told: kept == pipeline.record ? nil : pipeline.record.result) }
        return pipeline.record
    }

    private nonisolated func enqueue(
        _ record: JobRecord, _ definition: JobDefinition, _ arguments: Arguments, _ digest: String?,
        _ request: JobRequest
    ) async throws(JobError) -> JobRecord {
        try await makeRoom()
        if !request.isVolatile, let earlier = try await keep(record, digest: digest) {
            return earlier
        }
        let pipeline = Pipeline(
            queued: record, changesConfiguration: definition.changesConfiguration(arguments))
        return await enter(LiveJob(pipeline: pipeline, definition: definition, arguments: arguments))
    }

    private func makeRoom() throws(JobError) {
        if isDraining {
            throw JobError(.shuttingDown, "The daemon is stopping; send the request again when it is back.")
        }
        if live.count >= settings.queueLimit {
            throw JobError(.queueFull, "There are \(live.count) jobs that have not ended. Try again later.")
        }
    }

    /// Makes a new job durable.
    ///
    /// - Returns: The job that took the same idempotency key a moment earlier, if there is one.
    private nonisolated func keep(_ record: JobRecord, digest: String?) async throws(JobError) -> JobRecord? {
        var write = StoreWrite(job: record)
        if let digest { write.requestDigests[record.id] = digest }
        do throws(StoreError) {
            try await store.apply(write)
            return nil
        } catch {
            guard case .keyTaken(let id) = error else { throw JobError(error) }
            return try await self.record(id)
        }
    }

    func enter(_ job: LiveJob) -> JobRecord {
        live[job.id] = job
        if locks.request(job.id, job.definition.locks(job.arguments)) {
            admit(job.id)
        } else {
            live[job.id]?.wait(for: locks.obstacles(of: job.id))
        }
        return live[job.id]?.record ?? job.record
    }

    /// Lets a job go on that holds its locks.
    func admit(_ id: JobID) {
        guard let job = live[id], job.pipeline.phase == .queued, !job.isAdmitted else { return }
        live[id]?.isAdmitted = true
        live[id]?.wait(for: [])
        if job.pipeline.changesConfiguration {
            if let holder = laneHolder ?? lane.first {
                live[id]?.wait(for: [JobRecord.Obstacle(kind: "lock", name: "conf", holder: holder)])
            }
            lane.append(id)
            laneSignal.yield()
        } else {
            signal.yield(.start(id))
        }
    }

    nonisolated func context(
        _ id: JobID, _ principal: Principal, _ arguments: Arguments, _ document: Document
    ) -> JobContext {
        JobContext(
            id: id, principal: principal, arguments: arguments, document: document, cluster: clusterStatus(), now: now,
            random: random)
    }
}

extension JobRecord {
    /// The record as it may be kept, passwords in its result as `***`.
    fileprivate func redactingResult(_ secrets: Set<String>) -> JobRecord {
        guard !secrets.isEmpty, let output = result?.output else { return self }
        var copy = self
        copy.result?.output = output.redacting(members: secrets)
        return copy
    }
}
