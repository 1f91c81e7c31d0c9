import Access
import Logging
import Values

extension JobScheduler {
    /// The end of a job that leaves no history, asked by the daemon itself; `nil` when it did not end well in time.
    func told(_ type: String, of database: String) async -> JobRecord? {
        var request = JobRequest(
            type: type, parameters: ["db_name": .string(database)], principal: .schedule,
            request: JobRecord.Request(dialect: "internal", address: ""))
        request.isVolatile = true
        do throws(JobError) {
            let job = try await submit(request)
            let end = try await wait(for: job.id, atMost: Self.longestAnswer)
            if end.outcome == .ok { return end }
            logger.warning("no answer", metadata: ["job": "\(type)", "database": "\(database)"])
        } catch {
            logger.warning("no answer", metadata: ["job": "\(type)", "database": "\(database)", "cause": "\(error)"])
        }
        return nil
    }

    /// Submits a job nobody asked for in a request; why it was not taken goes to the log.
    func submitByItself(_ request: JobRequest) async {
        do throws(JobError) {
            let job = try await submit(request)
            logger.info("job submitted", metadata: ["job.id": "\(job.id)", "purpose": "\(request.intent ?? "")"])
        } catch {
            logger.warning(
                "job not submitted", metadata: ["purpose": "\(request.intent ?? "")", "cause": "\(error.message)"])
        }
    }

    /// Does something now, at the beginning of each hour and when another node becomes master, until the daemon stops.
    func everyHour(_ work: () async -> Void) async {
        var reader = EventReader(events, EventFilter(types: ["master.changed"]), from: .now)
        while !Task.isCancelled {
            await work()
            let rest = 3_600_000 - now.milliseconds % 3_600_000
            if await reader.next(100, atMost: .milliseconds(rest), time) == .closed { return }
        }
    }

    /// Whether a key has made a job already.
    func hasSubmitted(_ key: String) async -> Bool {
        let known = try? await environment.asking { (store) throws(StoreError) in
            try await store.job(user: Principal.schedule.name, idempotencyKey: key)
        }
        return known != nil
    }

    /// How long an answer is waited for.
    private static let longestAnswer = Duration.seconds(330)
}
