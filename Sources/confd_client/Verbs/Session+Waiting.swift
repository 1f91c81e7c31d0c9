import NIOHTTP1
import Values

extension Session {
    /// Waits for the end of jobs and tells how each ended.
    ///
    /// - Throws: ``Failure`` for the first that did not end well, once all have ended, and for one that has not in time.
    func wait() async throws(Failure) {
        guard !line.words.isEmpty else { throw .usage("'wait' needs ids of jobs: wait 11.4 11.5 --timeout 5m") }
        let deadline = line.timeout.map { ContinuousClock.now + .seconds($0) }
        var ended: [Value] = []
        for id in line.words {
            let job = try await end(of: id, before: deadline)
            ended.append(job)
            if line.form == nil {
                let words = ["job_id", "type", "outcome"].compactMap { job[$0]?.string }
                Terminal.write(words.joined(separator: " ") + "\n")
            }
        }
        if line.form != nil { try show(.list(ended)) }
        guard let bad = ended.first(where: { $0["result"]?["result_code"]?.int != 0 }) else { return }
        let told = await failure(bad["result"], bad)
        throw Failure("Job \(bad["job_id"]?.string ?? ""): \(told.message)", advice: told.advice, told.code)
    }

    private func end(of id: String, before deadline: ContinuousClock.Instant?) async throws(Failure) -> Value {
        let path = "/jobs/\(try id.pathPart)"
        defer { progress.clear() }
        while true {
            let left = deadline.map { ContinuousClock.now.duration(to: $0).components.seconds } ?? .max
            let job = try await daemon.value(.GET, "\(path)?wait=\(max(1, min(progress.isShown ? 1 : 300, left)))s")
            if job["done"]?.bool == true { return job }
            if let deadline, ContinuousClock.now >= deadline {
                progress.clear()
                throw Failure("Job \(id) has not ended in time: it is \(Progress.state(of: job)).", .open)
            }
            progress.show(job)
        }
    }

    /// Does a job again, as the user who asks now.
    func retry(_ id: String) async throws(Failure) {
        if line.isDryRun { throw .usage("'retry' has no dry run; give the job itself with -d.") }
        var body = schedulingMembers
        body["depends_on"] = nil
        if !line.scheduling.dependencies.isEmpty { throw .usage("'retry' takes no --depends-on.") }
        if let reason = line.reason { body["reason"] = .string(reason) }
        let wait = line.startsOnly ? 0 : 1
        let made = try await daemon.value(
            .POST, "/jobs/\(try id.pathPart)/retry?wait=\(wait)s", body: .map(body), headers: jobHeaders)
        try await finish(made)
    }
}
