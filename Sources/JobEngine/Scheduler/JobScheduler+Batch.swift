package import Access
import Certificates
import Values

extension JobScheduler {
    /// Jobs of a batch may be so many.
    package static let longestBatch = 100

    /// Takes several jobs in one durable write, or none of them.
    ///
    /// - Parameter key: Stands for the whole batch: the same one with the same requests gets the jobs it made.
    /// - Returns: The jobs, in the order of their requests.
    /// - Throws: ``JobError`` with the faults of all of them, each pointer behind `/jobs/<index>`. Nothing was taken then.
    package func submit(
        batch requests: [JobRequest], for principal: Principal, idempotencyKey key: String?
    ) async throws(JobError) -> [JobRecord] {
        var requests = requests
        // The key stands for the batch, and so for its first job.
        for index in requests.indices { requests[index].idempotencyKey = index == 0 ? key : nil }
        let checked = try await each(requests) { (request) throws(JobError) in
            let (definition, arguments) = try check(request)
            if request.isVolatile { throw Self.volatile }
            return (request: request, definition: definition, arguments: arguments)
        }
        let digest = key.map { _ in
            Self.digest(
                of: checked.map { $0.request.digest(without: $0.definition.secrets(in: $0.request.parameters)) })
        }
        if let key, let origin = requests.first?.request,
            let first = try await earlierJob(of: principal.name, origin.scope(key), digest: digest)
        {
            return try await batch(of: first)
        }
        let candidates = try await each(checked) { (job) throws(JobError) in
            try await checkConditions(job.request, job.definition)
            let digest = job.request.idempotencyKey == nil ? nil : digest
            return try await candidate(job.request, job.definition, arguments: job.arguments, digest: digest)
        }
        return try await take(candidates, isBatch: true)
    }

    func batch(of first: JobRecord) async throws(JobError) -> [JobRecord] {
        var records: [JobRecord] = []
        for id in first.batch { records.append(try await record(id)) }
        return records
    }

    /// Does something with each of several requests and collects the faults of all.
    private func each<Input, Output>(
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

    private static func digest(of digests: [String]) -> String {
        Digest.sha256Hex(JSON.bytes(["jobs": .strings(digests)]))
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
