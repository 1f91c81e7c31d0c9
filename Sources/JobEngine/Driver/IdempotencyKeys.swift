/// The idempotency keys a batch has to do with: those that stand for a job, in the store or in the batch itself.
///
/// There is one writer, so what is found here is final.
struct IdempotencyKeys: Sendable {
    private enum Finding: Sendable {
        case job(JobID, digest: String)
        case unknown(StoreError)
    }

    private var findings: [IdempotencyKey: Finding] = [:]

    /// What a store says of the keys of submissions, asked for all of them at once.
    init(_ submissions: [[Submission]], in store: any StateStore) async {
        let keys = Set(submissions.compactMap(\.first?.key))
        guard !keys.isEmpty else { return }
        do throws(StoreError) {
            findings = try await store.jobs(with: keys).mapValues { .job($0.id, digest: $0.digest) }
        } catch {
            for key in keys { findings[key] = .unknown(error) }
        }
    }

    /// The job that submissions repeat; `nil` for new ones.
    ///
    /// - Throws: ``JobError/Code/idempotencyKeyReused`` when the key stands for another request.
    func earlier(_ submissions: [Submission]) throws(JobError) -> JobID? {
        guard let first = submissions.first, let key = first.key else { return nil }
        switch findings[key] {
        case nil: return nil
        case .unknown(let error): throw JobError(error)
        case .job(let id, first.digest ?? ""): return id
        case .job(let id, _): throw Self.reused(id)
        }
    }

    /// Takes the job a submission has become.
    mutating func take(_ submissions: [Submission], as id: JobID) {
        guard let first = submissions.first, let key = first.key else { return }
        findings[key] = .job(id, digest: first.digest ?? "")
    }

    static func reused(_ id: JobID) -> JobError {
        JobError(
            .idempotencyKeyReused,
            "The idempotency key was used for another request, job \(id). Use a new key for each request.")
    }
}

extension Submission {
    /// The key of the request, as the store knows it; a job that leaves no history has none.
    var key: IdempotencyKey? {
        guard !record.scheduling.isVolatile else { return nil }
        return record.scopedKey.map { IdempotencyKey(user: record.requester.name, text: $0) }
    }
}
