package import Access
import Certificates

extension JobScheduler {
    /// Jobs of a batch may be so many.
    package static let longestBatch = 100

    /// One job of a batch that was checked, on its way into the store.
    private struct Candidate: Sendable {
        let request: JobRequest
        let definition: JobDefinition
        let arguments: Arguments
        var earlier: RevisionRecord?

        /// Whether it is answered from the configuration, without a place in the queue.
        var isAnswer: Bool {
            if case .answer = definition.work { request.dependencies.isEmpty } else { false }
        }
    }

    /// Takes several jobs in one durable write, or none of them.
    ///
    /// - Parameter key: Stands for the whole batch: the same one with the same requests gets the jobs it made.
    /// - Returns: The jobs, in the order of their requests.
    /// - Throws: ``JobError`` with the faults of all of them, each pointer behind `/jobs/<index>`. Nothing was taken then.
    package nonisolated func submit(
        batch requests: [JobRequest], for principal: Principal, idempotencyKey key: String?
    ) async throws(JobError) -> [JobRecord] {
        let checked = try await each(requests) { (request) throws(JobError) in
            let (definition, arguments) = try check(request)
            if request.isVolatile { throw Self.volatile }
            return Candidate(request: request, definition: definition, arguments: arguments)
        }
        let digest = key.map { _ in Self.digest(of: checked) }
        if let key, let origin = requests.first?.request,
            let first = try await earlierJob(of: principal.name, origin.scope(key), digest)
        {
            return try await batch(of: first)
        }
        let candidates = try await each(checked) { (candidate) throws(JobError) in
            try await checkConditions(candidate.request, candidate.definition)
            var candidate = candidate
            candidate.earlier = try await earlier(candidate.definition, candidate.arguments)
            return candidate
        }
        return try await take(candidates, key, digest)
    }

    private nonisolated func take(
        _ candidates: [Candidate], _ key: String?, _ digest: String?
    ) async throws(JobError) -> [JobRecord] {
        var records: [JobRecord] = []
        for candidate in candidates {
            records.append(try await newRecord(candidate.request, candidate.definition, candidate.arguments))
        }
        try await makeRoom(
            for: zip(candidates, records).filter { !$0.0.definition.isLook }.map(\.1),
            looks: candidates.count { $0.definition.isLook && !$0.isAnswer })
        var told = zip(candidates, records).map { answeredAtOnce($0, $1) }
        if !told.isEmpty {
            told[0].batch = told.map(\.id)
            told[0].idempotencyKey = key
            for index in told.indices.dropFirst() { told[index].batchOf = told[0].id }
        }
        let kept = zip(candidates, told).map { $1.redactingResult($0.definition.secretResults) }
        var write = StoreWrite()
        write.jobs = kept
        if let digest, let first = kept.first { write.requestDigests[first.id] = digest }
        do throws(StoreError) {
            try await store.apply(write)
        } catch {
            guard case .keyTaken = error, let first = kept.first, let key = first.scopedKey,
                let earlier = try await earlierJob(of: first.requester.name, key, digest)
            else { throw JobError(error) }
            return try await batch(of: earlier)
        }
        for index in candidates.indices { told[index] = await begin(candidates[index], kept[index], told[index]) }
        return told
    }

    private nonisolated func answeredAtOnce(_ candidate: Candidate, _ record: JobRecord) -> JobRecord {
        guard candidate.isAnswer, case .answer(let answer) = candidate.definition.work else { return record }
        return answered(record, candidate.arguments, candidate.request.principal, answer)
    }

    private nonisolated func begin(_ candidate: Candidate, _ kept: JobRecord, _ told: JobRecord) async -> JobRecord {
        if told.isDone {
            tellAnswer(kept, told: told)
            return told
        }
        tell(told.stages(since: nil), of: told)
        let changes = candidate.definition.changesConfiguration(candidate.arguments)
        var job = LiveJob(
            pipeline: Pipeline(queued: told, changesConfiguration: changes), definition: candidate.definition,
            arguments: candidate.arguments)
        job.earlier = candidate.earlier
        return await enter(job)
    }

    private nonisolated func batch(of first: JobRecord) async throws(JobError) -> [JobRecord] {
        var records: [JobRecord] = []
        for id in first.batch { records.append(try await record(id)) }
        return records
    }

    /// Does something with each of several requests and collects the faults of all.
    private nonisolated func each<Input, Output>(
        _ inputs: [Input], _ work: (Input) async throws(JobError) -> Output
    ) async throws(JobError) -> [Output] {
        var outputs: [Output] = []
        var errors: [JobError] = []
        var faults: [JobError.Fault] = []
        for (index, input) in inputs.enumerated() {
            do throws(JobError) {
                outputs.append(try await work(input))
            } catch {
                errors.append(error)
                faults += error.faults(at: "/jobs/\(index)")
            }
        }
        guard let first = errors.first else { return outputs }
        let text = errors.count == 1 ? first.message : faults.map(\.text).joined(separator: " ")
        throw JobError(first.code, text, faults: faults, details: errors.count == 1 ? first.details : [:])
    }

    private static func digest(of candidates: [Candidate]) -> String {
        let digests = candidates.map { $0.request.digest(without: $0.definition.secrets(in: $0.request.parameters)) }
        return Digest.sha256Hex(JSON.bytes(["jobs": .strings(digests)]))
    }

    private static let volatile = JobError(
        .parameterInvalid, "A job of a batch cannot be volatile.",
        faults: [.init(pointer: "/volatile", code: .parameterInvalid, text: "A job of a batch cannot be volatile.")])
}

extension JobError {
    /// The faults as parts of a larger request; an error without any becomes one itself.
    fileprivate func faults(at place: String) -> [Fault] {
        if !faults.isEmpty { return faults.map { Fault(pointer: place + $0.pointer, code: $0.code, text: $0.text) } }
        return [Fault(pointer: code == .jobTypeUnknown ? "\(place)/type" : place, code: code, text: message)]
    }
}
