import Access
import Logging

/// Jobs that begin only after others have ended well.
extension JobScheduler {
    /// Sees to it that a job hears of the ends it waits for.
    func awaitDependencies(of id: JobID) {
        guard let dependencies = live[id]?.record.dependencies, !dependencies.isEmpty else { return }
        live[id]?.missing = Set(dependencies)
        for dependency in dependencies { dependents[dependency, default: []].insert(id) }
        // Those that are not here have ended, well or not: the store knows.
        if dependencies.contains(where: { live[$0] == nil }) { signal.yield(.settle(id)) }
    }

    /// Looks at the jobs a job depends on that have ended.
    func settleDependencies(of id: JobID) async {
        for dependency in (live[id]?.missing ?? []).sorted() where live[dependency] == nil {
            guard let record = await ended(dependency) else { return }
            settle(dependency, record?.outcome, for: id)
        }
    }

    /// A job that is not here any more, as far as it is known; nothing when the daemon stops before the store answers.
    private func ended(_ id: JobID) async -> JobRecord?? {
        while !isDraining {
            do throws(JobError) {
                return .some(try await known(id))
            } catch {
                await time.sleep(until: time.monotonic + .seconds(1))
            }
        }
        return nil
    }

    /// Tells a job how one it depends on has ended; `nil` when nobody knows any more.
    func settle(_ dependency: JobID, _ outcome: Outcome?, for id: JobID) {
        guard let job = live[id], job.isQueued, job.missing.contains(dependency) else { return }
        dependents[dependency]?.remove(id)
        guard outcome == .ok else {
            let action = handle(.declined(Self.refusal(dependency, outcome)), for: id)
            signal.yield(.resume(id, action))
            return
        }
        live[id]?.missing.remove(dependency)
        if live[id]?.missing.isEmpty == true { place(id) } else { note(obstacles(before: id), before: id) }
    }

    private static func refusal(_ dependency: JobID, _ outcome: Outcome?) -> JobError {
        let end = outcome.map { "ended with outcome \($0.rawValue)" } ?? "is no longer known"
        var details: [String: Value] = ["dependency": .string(dependency.description)]
        details["dependency_outcome"] = outcome.map { .string($0.rawValue) }
        return JobError(
            .dependencyFailed, "Job \(dependency), which has to end well before this one begins, \(end).",
            details: details)
    }

    /// Refuses a request that waits for jobs the caller knows nothing of.
    nonisolated func checkDependencies(_ request: JobRequest) async throws(JobError) {
        var faults: [JobError.Fault] = []
        for (index, id) in request.dependencies.enumerated() {
            if let known = try await known(id), known.isVisible(to: request.principal) { continue }
            faults.append(
                .init(pointer: "/depends_on/\(index)", code: .parameterInvalid, text: "There is no job \(id)."))
        }
        guard let first = faults.first else { return }
        throw JobError(first.code, faults.map(\.text).joined(separator: " "), faults: faults)
    }

    private nonisolated func known(_ id: JobID) async throws(JobError) -> JobRecord? {
        do throws(JobError) {
            return try await record(id)
        } catch {
            if error.code == .jobNotFound || error.code == .jobExpired { return nil }
            throw error
        }
    }
}
