import Access
import EXAConf
package import Values
import Waiting

extension JobScheduler {
    /// Takes a job.
    ///
    /// The job, as it stands on return, is durable; a job that only reads the configuration has ended by then.
    ///
    /// - Throws: ``JobError`` for an unknown job, faulty parameters, a missing right, a full queue, an idempotency key
    ///   that stands for another request, or a store that cannot write. Nothing was taken then.
    package func submit(_ request: JobRequest) async throws(JobError) -> JobRecord {
        let (definition, arguments) = try check(request)
        let digest = request.idempotencyKey.map { _ in
            request.digest(without: definition.secrets(in: request.parameters))
        }
        if let earlier = try await earlierJob(request, digest) { return earlier }
        try await checkConditions(request, definition)
        var candidate = try await candidate(request, definition, arguments: arguments, digest: digest)
        // A look there is no room for is answered all the same: it needs none, but whoever comes in one batch with it may.
        for _ in 1..<Self.attemptsToLook where definition.isLook {
            do throws(JobError) {
                return try await take([candidate], isBatch: false)[0]
            } catch {
                guard error.code == .outOfSpace else { throw error }
                if candidate.submission.record.scheduling.isVolatile { continue }
                candidate.submission.record = environment.history.omit(candidate.submission.record, .noRoom)
            }
        }
        return try await take([candidate], isBatch: false)[0]
    }

    /// How often a look is tried on a full disk.
    private static let attemptsToLook = 10

    /// One job that was checked, on its way into the log.
    struct Candidate: Sendable {
        var submission: Submission
        let work: JobWork
        /// The job as whoever asked is told of it, when it was answered at once.
        var answered: JobRecord?
    }

    func candidate(
        _ request: JobRequest, _ definition: JobDefinition, arguments: Arguments, digest: String?
    ) async throws(JobError) -> Candidate {
        let record = try newRecord(for: request, of: definition, arguments: arguments)
        let traits = JobTraits(definition, arguments)
        guard case .answer(let answer) = definition.work, request.dependencies.isEmpty else {
            let work = JobWork(definition, arguments, earlier: try await environment.earlier(definition, arguments))
            let submission = Submission(
                record: record, traits: traits, digest: digest, audit: audit(request, definition))
            return Candidate(submission: submission, work: work)
        }
        var work = JobWork(definition, arguments)
        var answered = answered(record, &work, as: request.principal, by: answer)
        let submission = Submission(record: answered, traits: traits, digest: digest)
        answered.result = work.told ?? answered.result
        return Candidate(submission: submission, work: work, answered: answered)
    }

    /// Takes jobs in one durable change, or none of them.
    func take(_ candidates: [Candidate], isBatch: Bool) async throws(JobError) -> [JobRecord] {
        let answer = try await ask(
            .submitted(candidates.map(\.submission), isBatch: isBatch), candidates.map(\.work))
        guard case .jobs(let jobs)? = answer, let first = jobs.first else {
            throw JobError(.internal, "The engine gave no answer.")
        }
        if isBatch, jobs.count != first.batch.count { return try await batch(of: first) }
        return zip(jobs, candidates).map { job, candidate in
            var told = job
            // Whoever repeats a request is told what is kept.
            if let answered = candidate.answered, job.times == answered.times { told.result = answered.result }
            return told
        }
    }

    /// What a request asks for, once it is one the caller may make.
    func check(_ request: JobRequest) throws(JobError) -> (JobDefinition, Arguments) {
        let definition = try catalogue.definition(request.type)
        // The right comes first: who may not run the job learns nothing of its parameters.
        try definition.permit(request.principal, with: Arguments(request.parameters), in: configuration.document)
        let arguments = try self.arguments(of: definition, request)
        if request.isVolatile, definition.leavesTrace(arguments) {
            throw JobError(
                .parameterInvalid, "\(definition.name) leaves a trace on purpose: only read jobs can be volatile.",
                faults: [.init(pointer: "/volatile", code: .parameterInvalid, text: "Only read jobs can be volatile.")])
        }
        return (definition, arguments)
    }

    /// The parameters of a request, none of which gives a secret away.
    func arguments(of definition: JobDefinition, _ request: JobRequest) throws(JobError) -> Arguments {
        try MisplacedKey.refuse(request, secrets: definition.secrets(in: request.parameters))
        try AddressCheck.refuse(request, of: definition)
        return try ArgumentCheck.arguments(of: definition, from: request.parameters)
    }

    /// Refuses a request that does not fit the state of things; one that is repeated is not asked again.
    func checkConditions(_ request: JobRequest, _ definition: JobDefinition) async throws(JobError) {
        if definition.needsBaseRevision, request.baseRevision == nil, !request.principal.isRoot {
            throw JobError(
                .preconditionRequired,
                "\(definition.name) needs the revision the change is made for: give 'If-Match' or 'base_revision'.")
        }
        let examiner = JobExaminer(environment)
        if let conflict = await examiner.conflict(request.baseRevision, with: configuration, for: request.principal) {
            throw conflict
        }
        try await checkDependencies(request)
    }

    /// Refuses a request that waits for jobs the caller knows nothing of.
    private func checkDependencies(_ request: JobRequest) async throws(JobError) {
        var faults: [JobError.Fault] = []
        for (index, id) in request.dependencies.enumerated() {
            if let known = try await environment.known(id), known.isVisible(to: request.principal) { continue }
            faults.append(
                .init(pointer: "/depends_on/\(index)", code: .parameterInvalid, text: "There is no job \(id)."))
        }
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    /// What the audit log says of every job that changes or acts, whoever asks; one that only looks is in the history.
    private func audit(_ request: JobRequest, _ definition: JobDefinition) -> AuditEvent? {
        definition.isLook ? nil : AuditEvent(.job, of: request, at: time.now)
    }

    private func earlierJob(_ request: JobRequest, _ digest: String?) async throws(JobError) -> JobRecord? {
        guard let key = request.idempotencyKey else { return nil }
        return try await earlierJob(of: request.principal.name, request.request.scope(key), digest: digest)
    }

    /// The job an idempotency key made.
    ///
    /// - Throws: ``JobError/Code/idempotencyKeyReused`` when that was another request.
    func earlierJob(of user: String, _ key: String, digest: String?) async throws(JobError) -> JobRecord? {
        let known = try await environment.asking { (store) throws(StoreError) in
            try await store.job(user: user, idempotencyKey: key)
        }
        guard let known else { return nil }
        guard known.digest == digest else { throw IdempotencyKeys.reused(known.id) }
        return try await record(known.id)
    }

    /// The record of a new job; the engine gives it its number.
    private func newRecord(
        for request: JobRequest, of definition: JobDefinition, arguments: Arguments
    ) throws(JobError) -> JobRecord {
        let omission = try environment.history.omission(isLook: definition.isLook, by: request.principal)
        let secrets = definition.secrets(in: arguments.values)
        let kept = arguments.values.redacting(secrets)
        var record = JobRecord(
            id: JobID(node: cluster.status.ownNode, number: 0), type: definition.name,
            mode: definition.changesConfiguration(arguments) ? .modify : .read,
            parameters: kept, requester: JobRecord.Requester(request.principal),
            request: request.request.redacted,
            scheduling: .init(waits: request.waits, isVolatile: request.isVolatile), submittedAt: now)
        record.intent = request.intent.map(Secret.masked)
        record.idempotencyKey = request.idempotencyKey
        record.hadSecrets = kept != arguments.values
        record.expectedRevision = request.baseRevision
        record.priority = request.priority
        record.timeout = request.timeout
        record.dependencies = request.dependencies
        record.retryOf = request.retryOf
        record.warnings = request.warnings + definition.warnings(arguments)
        record.request.body = request.body(secrets: secrets).excerpt
        if let omission, !request.isVolatile { return environment.history.omit(record, omission) }
        return record
    }

    /// The record, as it is kept, of a job that was answered from the configuration as it is now.
    private func answered(
        _ record: JobRecord, _ work: inout JobWork, as principal: Principal,
        by answer: (JobContext) throws(JobError) -> Value?
    ) -> JobRecord {
        let configuration = configuration
        let context = environment.context(record, work.arguments, on: configuration.document, as: principal)
        var pipeline = Pipeline(queued: record, changesConfiguration: false)
        do throws(JobError) {
            let output = work.keepingSecrets(of: try answer(context), revision: nil)
            _ = pipeline.handle(.accepted(base: configuration.revision, commands: []), at: now)
            _ = pipeline.handle(.concluded(output: output, revision: nil), at: now)
        } catch {
            _ = pipeline.handle(.declined(error), at: now)
        }
        return pipeline.record
    }
}

extension JobRecord {
    /// The stages entered since an earlier state of the record, in their order.
    func stages(since earlier: JobRecord?) -> [Event.Fact] {
        Stage.allCases.filter { times[$0] != nil && earlier?.times[$0] == nil }.map { .stage(.init(self), $0) }
    }

    /// The end of a job that has ended.
    var end: [Event.Fact] {
        outcome.map { [.ended(.init(self), $0, errorCode)] } ?? []
    }
}

extension Timestamp {
    /// The moment so much later.
    package func advanced(by duration: Duration) -> Timestamp {
        // Whole numbers: a quotient is a little less at times, and would lose a millisecond.
        let (seconds, attoseconds) = duration.components
        return Timestamp(milliseconds: milliseconds + Int(seconds) * 1000 + Int(attoseconds / 1_000_000_000_000_000))
    }
}
